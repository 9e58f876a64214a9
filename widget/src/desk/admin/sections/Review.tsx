/** What the bot may have got wrong, worked by keys: siblings stand together and are taught at once. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Check } from "../../../ui/icons";
import { Empty, Keys } from "../../parts/common";
import { guessesOf, type ReviewRow } from "../model/bot";
import { query } from "../nav";
import { NewIntentDialog } from "../parts/bot/asked";
import { CAPS, type Deed, Doubt, GUESSED, reasonText } from "../parts/bot/Doubt";
import { IntentPicker } from "../parts/bot/IntentPicker";
import { TeachDialog } from "../parts/bot/TeachDialog";
import { UndoBar } from "../parts/bot/UndoBar";
import { type Doubts, useDoubts } from "../parts/bot/useDoubts";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { FilterSelect, Filters, NothingFits } from "../parts/Table";
import { knowledge, useLoad } from "../store";
import { t } from "../words";

const REASONS = ["fallback", "unsure", "handed_off", "rated_badly", "rephrased", "marked"] as const;
const OUT_OF_SCOPE = "out_of_scope";
const DEEDS = Object.keys(CAPS) as Deed[];

/** What is asked about which sentences. */
interface Asked {
  what: "other" | "new" | "correct";
  rows: ReviewRow[];
  name?: string;
}

export function Review(): JSX.Element {
  useLoad(knowledge);
  const doubts = useDoubts();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [out, setOut] = useState<ReadonlySet<string>>(new Set());
  const desk = useCursor(doubts.groups);
  const known = knowledge.data.value;
  const { state = "open", reason, lang } = query.value;
  const filtered = Boolean(query.value.state || reason || lang);

  const act = (deed: Deed, rows: readonly ReviewRow[]) => {
    const chosen = rows.filter((one) => !out.has(one.id));
    const ids = chosen.map((one) => one.id);
    if (ids.length === 0 || doubts.busy) return;
    if ((state === "open") === (deed === "reopen")) return;
    const teach = (intent: string) => doubts.tell(() => doubts.teach({ ids, intent }));
    const guess = guessesOf(chosen)[GUESSED.indexOf(deed)];
    if (guess) void teach(guess.intent);
    else if (deed === "out" && known?.intents.some((one) => one.name === OUT_OF_SCOPE))
      void teach(OUT_OF_SCOPE);
    else if (deed === "nothing" || deed === "out") void doubts.tell(() => doubts.ignore(ids));
    else if (deed === "reopen") void doubts.tell(() => doubts.reopen(ids));
    else if (deed === "other" || deed === "new" || deed === "correct") setAsked({ what: deed, rows: chosen });
  };
  useReviewKeys((code) => {
    const deed = DEEDS.find((one) => code === (/\d/.test(CAPS[one]) ? "Digit" : "Key") + CAPS[one]);
    if (deed) act(deed, doubts.groups?.[desk.at] ?? []);
    else if (code === "KeyU") void doubts.tell(doubts.undo);
    else if (code === "KeyJ" || code === "ArrowDown" || code === "KeyS") desk.go(1);
    else if (code === "KeyK" || code === "ArrowUp") desk.go(-1);
    else return false;
    return true;
  });
  const tick = (id: string) =>
    setOut((now) => (now.has(id) ? new Set([...now].filter((one) => one !== id)) : new Set([...now, id])));

  const groups = doubts.groups;
  return (
    <Page
      title={t("review.title")}
      lead={t("review.lead")}
      actions={<span class="tag tag-strong">{t("review.waiting", { n: doubts.waiting })}</span>}
    >
      <Filters search={false}>
        <FilterSelect
          name="state"
          label={t("review.state")}
          options={(["done", "ignored"] as const).map((value) => ({
            value,
            label: t(`review.state.${value}`),
          }))}
          all={t("review.state.open")}
        />
        <FilterSelect
          name="reason"
          label={t("review.why")}
          options={REASONS.map((value) => ({ value, label: reasonText(value) }))}
        />
        <FilterSelect
          name="lang"
          label={t("bot.language")}
          options={(["fa", "en"] as const).map((value) => ({ value, label: t(`lang.${value}`) }))}
        />
      </Filters>
      <UndoBar undone={() => void doubts.load()} />
      {doubts.fresh > 0 && (
        <button type="button" class="button" onClick={() => void doubts.load()}>
          {t("review.fresh", { n: doubts.fresh })}
        </button>
      )}
      {doubts.error && <LoadFailed error={doubts.error} retry={() => void doubts.load()} />}
      {!doubts.error && groups === null && <Waiting />}
      {groups?.length === 0 &&
        (filtered ? (
          <NothingFits />
        ) : (
          <Empty title={t("review.none")} hint={t("review.none.hint")} icon={<Check size={24} />} />
        ))}
      {groups && groups.length > 0 && (
        <>
          <p class="review-keys">
            <Keys caps={["J"]} />
            <Keys caps={["K"]} /> {t("review.keys.move")}
            <Keys caps={["U"]} /> {t("review.undo")}
          </p>
          <ol class="doubts" ref={desk.list}>
            {groups.map((rows, n) => (
              <Doubt
                key={rows[0]?.id}
                rows={rows}
                state={state}
                out={out}
                busy={doubts.busy}
                onFocus={() => desk.stand(n)}
                onTick={tick}
                onDeed={(deed) => act(deed, rows)}
              />
            ))}
          </ol>
        </>
      )}
      {asked && <Question asked={asked} ask={setAsked} doubts={doubts} />}
    </Page>
  );
}

/** What a key asked for stands over the list until it is answered. */
function Question(props: {
  asked: Asked;
  ask: (next: Asked | null) => void;
  doubts: Doubts;
}): JSX.Element | null {
  const { asked, ask, doubts } = props;
  const known = knowledge.data.value;
  const row = asked.rows[0];
  const close = () => ask(null);
  const ids = asked.rows.map((one) => one.id);
  if (!known || !row) return null;
  if (asked.what === "other")
    return (
      <IntentPicker
        title={t("review.which", { n: ids.length })}
        intents={known.intents}
        onPick={(intent) => {
          close();
          void doubts.tell(() => doubts.teach({ ids, intent }));
        }}
        onNew={(name) => ask({ ...asked, what: "new", name })}
        onClose={close}
      />
    );
  if (asked.what === "new")
    return (
      <NewIntentDialog
        name={asked.name}
        action={t("review.new.do")}
        made={async (intent) => {
          await doubts.teach({ ids, intent });
          close();
          await knowledge.load();
        }}
        onClose={close}
      />
    );
  return (
    <TeachDialog
      row={row}
      intents={known.intents}
      entities={known.entities}
      teach={async (label) => {
        await doubts.teach(label);
        close();
      }}
      onClose={close}
    />
  );
}

interface Cursor {
  at: number;
  list: { current: HTMLOListElement | null };
  go: (by: number) => void;
  stand: (n: number) => void;
}

/** The group that has the keys. When one leaves the list, the next one has them. */
function useCursor(groups: readonly ReviewRow[][] | null): Cursor {
  const [at, setAt] = useState(0);
  const list = useRef<HTMLOListElement>(null);
  const count = groups?.length ?? 0;
  const here = Math.min(at, Math.max(0, count - 1));
  const first = groups?.[here]?.[0]?.id;
  useEffect(() => {
    const held = document.activeElement;
    const free = held === null || held === document.body || held.closest(".page-title") !== null;
    if (first && free) (list.current?.children[here] as HTMLElement | undefined)?.focus();
  }, [first]);
  return {
    at: here,
    list,
    stand: setAt,
    go: (by) => {
      const next = Math.min(Math.max(here + by, 0), count - 1);
      setAt(next);
      const card = list.current?.children[next] as HTMLElement | undefined;
      card?.focus();
      card?.scrollIntoView({ block: "nearest" });
    },
  };
}

/** Keys of the list, by their place on the keyboard; none while something is written or asked. */
function useReviewKeys(press: (code: string) => boolean): void {
  const latest = useRef(press);
  latest.current = press;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target;
      const writing =
        target instanceof HTMLElement &&
        (target.matches("input:not([type=checkbox]), textarea, select") ||
          document.querySelector("[role=dialog]") !== null);
      if (event.defaultPrevented || writing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (latest.current(event.code)) event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}
