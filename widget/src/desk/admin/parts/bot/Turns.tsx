/** The messages of a pinned conversation, each with what the bot must understand and do. */
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { Trash } from "../../../../ui/icons";
import { type Expected, MOST_TURNS, type StoryList } from "../../model/stories";
import { t } from "../../words";
import type { Bound } from "../useDraft";
import { Wrong } from "../Wrong";
import { intentName, NOT_UNDERSTOOD } from "./FigureParts";

interface TurnsProps extends Bound<Expected[]> {
  list: StoryList;
  problemAt: (place: string) => string | null;
}

export function Turns({ value, problem, onChange, list, problemAt }: TurnsProps): JSX.Element {
  const put = (n: number, change: Partial<Expected>) =>
    onChange(value.map((one, at) => (at === n ? { ...one, ...change } : one)));
  const last = value.at(-1);
  const intents = [...list.intents, NOT_UNDERSTOOD].map((one) => ({ value: one, label: intentName(one) }));
  const actions = list.actions.map((one) => ({ value: one, label: one }));
  return (
    <>
      <ol class="turns">
        {value.map((one, n) => (
          <li key={n} class="turn">
            <Words turn={one} onChange={(text) => put(n, { text })} />
            <div class="turn-wants">
              <Choice
                label={t("stories.intent")}
                name={`intent-${n}`}
                value={one.intent}
                options={intents}
                onChange={(intent) => put(n, { intent })}
              />
              <Choice
                label={t("stories.action")}
                name={`action-${n}`}
                value={one.action}
                options={actions}
                onChange={(action) => put(n, { action })}
              />
              <Choice
                label={t("bot.language")}
                name={`lang-${n}`}
                value={one.lang}
                options={(["fa", "en"] as const).map((lang) => ({ value: lang, label: t(`lang.${lang}`) }))}
                onChange={(lang) => put(n, { lang: lang === "en" ? "en" : "fa" })}
                any={false}
              />
              <button
                type="button"
                class="icon-button"
                aria-label={t("stories.drop", { n: n + 1 })}
                title={t("stories.drop", { n: n + 1 })}
                disabled={value.length === 1}
                onClick={() => onChange(value.filter((_, at) => at !== n))}
              >
                <Trash size={16} />
              </button>
            </div>
            <Wrong role="alert">{problemAt(`turns.${n}`)}</Wrong>
          </li>
        ))}
      </ol>
      <Wrong role="alert">{problem && t("stories.problem")}</Wrong>
      {value.length < MOST_TURNS && (
        <div>
          <button
            type="button"
            class="button"
            onClick={() =>
              onChange([
                ...value,
                { text: "", lang: last?.lang ?? "fa", intent: "", action: "", payload: "" },
              ])
            }
          >
            {t("stories.add")}
          </button>
        </div>
      )}
    </>
  );
}

function Words({ turn, onChange }: { turn: Expected; onChange: (text: string) => void }): JSX.Element {
  const id = useId();
  if (turn.payload)
    return (
      <p>
        {t("stories.presses", { payload: `\u2068${turn.payload}\u2069` })} <q dir="auto">{turn.text}</q>
      </p>
    );
  return (
    <div class="entry">
      <label class="entry-label" for={id}>
        {t("stories.says")}
      </label>
      <input
        id={id}
        class="control"
        type="text"
        dir="auto"
        autocomplete="off"
        maxLength={1000}
        value={turn.text}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </div>
  );
}

interface ChoiceProps {
  label: string;
  name: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange: (value: string) => void;
  /** Whether nothing may be chosen: then it isn't looked at. */
  any?: boolean;
}

function Choice({ label, name, value, options, onChange, any = true }: ChoiceProps): JSX.Element {
  const known = value === "" || options.some((one) => one.value === value);
  return (
    <label class="sieve">
      <span>{label}</span>
      <select name={name} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {any && <option value="">{t("stories.any")}</option>}
        {!known && <option value={value}>{value}</option>}
        {options.map((one) => (
          <option key={one.value} value={one.value}>
            {one.label}
          </option>
        ))}
      </select>
    </label>
  );
}
