/** What the bot may have got wrong: siblings together, decided with one key or one choice, and undone as easily. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { dateTime } from "../../../ui/format";
import { Alert, Check, Spark } from "../../../ui/icons";
import { Empty, Keys } from "../../parts/common";
import { toast } from "../../toasts";
import { query } from "../nav";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { FilterSelect, Filters, NothingFits } from "../parts/Table";
import { isWord, t } from "../words";
import { botApi, type ReviewPage, type ReviewRow } from "./api";
import { IntentSelect, type Loaded, Name, percent, useAct, useLoaded } from "./parts";

const REASONS = ["fallback", "unsure", "handed_off", "rated_badly", "marked"] as const;
const STATES = ["done", "ignored"] as const;
const OUT = "out_of_scope";

export function Review(): JSX.Element {
  const { state = "open", reason = "", lang = "" } = query.value;
  const page = useLoaded(() => botApi.review({ state, reason, lang }), `${state} ${reason} ${lang}`);
  const known = useLoaded(botApi.knowledge);
  const intents = (known.data?.intents ?? []).map((one) => one.name);
  const filtered = Boolean(query.value.state || reason || lang);
  const lead = page.data ? t("review.waiting", { n: page.data.waiting }) : undefined;
  return (
    <Page title={t("review.title")} lead={lead ?? t("review.lead")}>
      <Filters search={false}>
        <FilterSelect
          name="reason"
          label={t("review.reason")}
          options={REASONS.map((value) => ({ value, label: t(`review.reason.${value}`) }))}
        />
        <FilterSelect
          name="lang"
          label={t("review.lang")}
          options={(["fa", "en"] as const).map((value) => ({ value, label: t(`lang.${value}`) }))}
        />
        <FilterSelect
          name="state"
          label={t("review.state")}
          options={STATES.map((value) => ({ value, label: t(`review.state.${value}`) }))}
        />
      </Filters>
      {page.error && <LoadFailed error={page.error} retry={() => void page.again()} />}
      {!page.data && !page.error && <Waiting />}
      {page.data?.groups.length === 0 &&
        (filtered ? (
          <NothingFits />
        ) : (
          <Empty title={t("review.none")} hint={t("review.none.hint")} icon={<Spark size={24} />} />
        ))}
      <ul class="review-list" onKeyDown={onGroupKey}>
        {page.data?.groups.map((one) => (
          <Group
            key={one.rows.map((row) => row.id).join()}
            rows={one.rows}
            intents={intents}
            closed={state !== "open"}
            page={page}
          />
        ))}
      </ul>
    </Page>
  );
}

/** Moves the focus from group to group: arrows, J and K. */
function onGroupKey(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const by = ["ArrowDown", "j"].includes(event.key) ? 1 : ["ArrowUp", "k"].includes(event.key) ? -1 : 0;
  const plain =
    !(event.ctrlKey || event.metaKey || event.altKey) && !(event.target instanceof HTMLSelectElement);
  if (by === 0 || !plain) return;
  const groups = [...event.currentTarget.querySelectorAll<HTMLElement>(".review-group")];
  const next = groups[groups.findIndex((one) => one.contains(document.activeElement)) + by];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function Group(props: {
  rows: ReviewRow[];
  intents: string[];
  closed: boolean;
  page: Loaded<ReviewPage>;
}): JSX.Element {
  const { rows, page } = props;
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const act = useAct();
  const chosen = rows.filter((row) => !left.has(row.id)).map((row) => row.id);
  const guess = rows[0]?.intent ?? "";
  const after = async (said: string): Promise<void> => {
    await page.again();
    toast(said, "plain", {
      label: t("review.undo"),
      run: () => void botApi.reopen(chosen).then(page.again),
    });
  };
  const label = (intent: string) =>
    act.run(async () => {
      const { decided } = await botApi.label(chosen, intent);
      await after(t("review.taught", { n: decided, intent }));
    });
  const ignore = () =>
    act.run(async () => {
      const { decided } = await botApi.ignore(chosen);
      await after(t("review.left", { n: decided }));
    });
  const reopen = () =>
    act.run(async () => {
      await botApi.reopen(chosen);
      await page.again();
    });
  const onKey = (event: KeyboardEvent) => {
    if (
      props.closed ||
      event.target !== event.currentTarget ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey
    )
      return;
    const deed = { y: guess ? () => label(guess) : null, x: ignore, o: () => label(OUT) }[event.key];
    if (!deed || chosen.length === 0) return;
    event.preventDefault();
    void deed();
  };
  const toggle = (id: string) => {
    const next = new Set(left);
    if (!next.delete(id)) next.add(id);
    setLeft(next);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the group takes the keys that decide about it
    <li class="review-group" tabIndex={0} onKeyDown={onKey} aria-label={rows[0]?.text}>
      <ul class="review-rows">
        {rows.map((row) => (
          <Row
            key={row.id}
            row={row}
            several={rows.length > 1}
            checked={!left.has(row.id)}
            onToggle={() => toggle(row.id)}
          />
        ))}
      </ul>
      {act.problem && (
        <p class="entry-problem" role="alert">
          <Alert size={15} />
          {act.problem}
        </p>
      )}
      <div class="review-acts">
        {props.closed ? (
          <button
            type="button"
            class="button"
            disabled={act.busy || chosen.length === 0}
            onClick={() => void reopen()}
          >
            {t("review.reopen")}
          </button>
        ) : (
          <Acts
            guess={guess}
            intents={props.intents}
            disabled={act.busy || chosen.length === 0}
            label={(intent) => void label(intent)}
            ignore={() => void ignore()}
          />
        )}
      </div>
    </li>
  );
}

function Acts(props: {
  guess: string;
  intents: string[];
  disabled: boolean;
  label: (intent: string) => void;
  ignore: () => void;
}): JSX.Element {
  const { guess, disabled } = props;
  return (
    <>
      {guess && (
        <button
          type="button"
          class="button button-main"
          disabled={disabled}
          onClick={() => props.label(guess)}
        >
          <Check size={16} />
          {t("review.yes")} <Name of={guess} />
          <Keys caps={["Y"]} />
        </button>
      )}
      <IntentSelect
        intents={props.intents}
        label={t("review.other")}
        disabled={disabled}
        onChoose={props.label}
      />
      {props.intents.includes(OUT) && (
        <button type="button" class="button" disabled={disabled} onClick={() => props.label(OUT)}>
          {t("review.out")}
          <Keys caps={["O"]} />
        </button>
      )}
      <button type="button" class="button" disabled={disabled} onClick={props.ignore}>
        {t("review.ignore")}
        <Keys caps={["X"]} />
      </button>
    </>
  );
}

function Row(props: {
  row: ReviewRow;
  several: boolean;
  checked: boolean;
  onToggle: () => void;
}): JSX.Element {
  const { row } = props;
  const words = (
    <bdi class="review-text" dir="auto">
      {row.text}
    </bdi>
  );
  return (
    <li>
      {props.several ? (
        <label class="review-pick">
          <input type="checkbox" checked={props.checked} onChange={props.onToggle} />
          {words}
        </label>
      ) : (
        words
      )}
      <p class="aside-facts">
        {row.label && <Name of={row.label} />}
        {row.reasons.map((one) => {
          const key = `review.reason.${one}`;
          return <span key={one}>{isWord(key) ? t(key) : one}</span>;
        })}
        {row.intent && (
          <span>
            <Name of={row.intent} /> {percent(row.confidence)}
          </span>
        )}
        {row.runner_up && (
          <span>
            <Name of={row.runner_up} /> {percent(row.runner_up_confidence)}
          </span>
        )}
        {row.times > 1 && <span>{t("review.times", { n: row.times })}</span>}
        <time class="tabular" dateTime={new Date(row.last_at).toISOString()}>
          {dateTime(row.last_at)}
        </time>
      </p>
    </li>
  );
}
