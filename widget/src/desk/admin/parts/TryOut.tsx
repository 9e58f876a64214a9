/** Who would get a conversation now, and why: asked with what is written, before it is saved. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Locale } from "../../../wire/desk.types";
import { api, asRefusal } from "../api";
import type { Queue, Rule, TriedOut } from "../model/records";
import { readAttribute } from "../model/routes";
import { inboxes } from "../store";
import { refusalText, t } from "../words";
import { SelectField } from "./choices";
import { SpanField, TextField } from "./fields";
import { MomentField } from "./Moment";
import { Block } from "./Page";
import { Results } from "./TryOutResults";
import type { Bound } from "./useDraft";
import { Wrong } from "./Wrong";

interface TryOutProps {
  /** The line as it is written; without it, where the rules lead is tried. */
  queue?: Queue;
  /** The rules as they are written; without them, as they are saved. */
  rules?: Rule[];
}

interface Question {
  inbox: string;
  locale: Locale;
  intent: string;
  attributes: string;
  waited_seconds: number;
  /** Another hour than now (ms). */
  at: number | null;
}

export function TryOut({ queue, rules }: TryOutProps): JSX.Element | null {
  const all = inboxes.data.value ?? [];
  const first = all.find((one) => one.queue === queue?.id) ?? all[0];
  const [changed, setChanged] = useState<Partial<Question>>({});
  const [answer, setAnswer] = useState<{ to: string; found: TriedOut | null; wrong: string | null }>();
  const newest = useRef("");
  if (!first) return null;
  const blank = {
    inbox: first.id,
    locale: first.locale,
    intent: "",
    attributes: "",
    waited_seconds: 0,
    at: null,
  };
  const question: Question = { ...blank, ...changed };
  const body = bodyOf(question, queue, rules);
  const key = JSON.stringify(body);
  newest.current = key;
  // An answer to what was written before would mislead.
  const shown = answer?.to === key ? answer : null;
  const ask = async () => {
    const say = (found: TriedOut | null, wrong: string | null) => {
      if (newest.current === key) setAnswer({ to: key, found, wrong });
    };
    try {
      say(await api.tryOut(body), null);
    } catch (error) {
      say(null, refusalText(asRefusal(error).code));
    }
  };
  return (
    <Block title={t("tryout.title")} lead={t(queue ? "tryout.lead" : "tryout.lead.rules")}>
      <Questions
        question={question}
        set={(part) => setChanged((now) => ({ ...now, ...part }))}
        byRules={queue === undefined}
      />
      <div>
        <button type="button" class="button" onClick={() => void ask()}>
          {t("tryout.ask")}
        </button>
      </div>
      <div class="tryout" aria-live="polite">
        <Wrong>{shown?.wrong}</Wrong>
        {shown?.found && <Results found={shown.found} byRules={queue === undefined} />}
      </div>
    </Block>
  );
}

function bodyOf(question: Question, queue?: Queue, rules?: Rule[]): object {
  const { inbox, locale, intent, attributes, waited_seconds, at } = question;
  const channel = inboxes.data.value?.find((one) => one.id === inbox)?.channel;
  const pairs = attributes.split(/[,،]/).map(readAttribute);
  return {
    inbox,
    channel,
    locale,
    intent: intent.trim() || null,
    attributes: Object.fromEntries(pairs.flatMap((one) => (one ? [[one.name, one.values[0]]] : []))),
    waited_seconds: Number.isNaN(waited_seconds) ? 0 : waited_seconds,
    at,
    queue,
    rules,
  };
}

/** Now, or another hour. */
function HourField({ onChange }: { onChange: (at: number | null) => void }): JSX.Element {
  const [other, setOther] = useState(false);
  return (
    <>
      <SelectField<"now" | "other">
        value={other ? "other" : "now"}
        name="tryout.hour"
        problem={null}
        readOnly={false}
        onChange={(choice) => {
          setOther(choice === "other");
          onChange(null);
        }}
        onLeave={() => {}}
        label={t("tryout.hour")}
        hint={other ? t("tryout.hour.hint") : undefined}
        options={[
          { value: "now", label: t("tryout.hour.now") },
          { value: "other", label: t("tryout.hour.other") },
        ]}
      />
      {other && <MomentField onChange={onChange} />}
    </>
  );
}

interface QuestionsProps {
  question: Question;
  set: (part: Partial<Question>) => void;
  byRules: boolean;
}

function Questions({ question, set, byRules }: QuestionsProps): JSX.Element {
  const bound = <K extends keyof Question>(field: K): Bound<Question[K]> => ({
    value: question[field],
    name: `tryout.${field}`,
    problem: null,
    readOnly: false,
    onChange: (value) => set({ [field]: value } as Partial<Question>),
    onLeave: () => {},
  });
  return (
    <div class="tryout-asks">
      <SelectField
        {...bound("inbox")}
        label={t("tryout.inbox")}
        options={(inboxes.data.value ?? []).map((one) => ({ value: one.id, label: one.name }))}
      />
      <SelectField
        {...bound("locale")}
        label={t("tryout.locale")}
        options={(["fa", "en"] as const).map((one) => ({ value: one, label: t(`lang.${one}`) }))}
      />
      {byRules && (
        <>
          <TextField {...bound("intent")} label={t("tryout.intent")} />
          <TextField
            {...bound("attributes")}
            label={t("routes.attributes")}
            hint={t("tryout.attributes.hint")}
          />
        </>
      )}
      <SpanField {...bound("waited_seconds")} label={t("tryout.waited")} />
      <HourField onChange={(at) => set({ at })} />
    </div>
  );
}
