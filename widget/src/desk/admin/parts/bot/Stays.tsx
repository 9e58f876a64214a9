/** The conversations behind a figure: the newest first, each leads to its timeline at the desk. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { dateTime, shortDate } from "../../../../ui/format";
import { word } from "../../../i18n";
import type { ApiError } from "../../api";
import { ApiError as Refused } from "../../api";
import { figuresApi } from "../../figuresApi";
import { PICKS, type Stay } from "../../model/figures";
import { query, setQuery } from "../../nav";
import { isWord, t } from "../../words";
import { LoadFailed, Waiting } from "../Page";
import { channelName } from "../say";
import { noonOf } from "./DayBars";
import { intentName } from "./FigureParts";

interface Found {
  stays: Stay[] | null;
  before: string;
  error: ApiError | null;
  more: () => void;
}

/** `beat` grows whenever the figures were loaded anew, and the list with them. */
function useStays(beat: number): Found {
  const [stays, setStays] = useState<Stay[] | null>(null);
  const [before, setBefore] = useState("");
  const [error, setError] = useState<ApiError | null>(null);
  const run = useRef(0);
  const asked = JSON.stringify(query.value);
  const load = async (known: Stay[], from: string) => {
    const mine = ++run.current;
    try {
      const page = await figuresApi.stays({ ...query.peek(), before: from });
      if (mine !== run.current) return;
      setStays([...known, ...page.stays]);
      setBefore(page.before);
      setError(null);
    } catch (thrown) {
      if (mine === run.current) setError(thrown instanceof Refused ? thrown : new Refused("unknown"));
    }
  };
  useEffect(() => {
    void load([], "");
    return () => {
      run.current++;
    };
  }, [asked, beat]);
  return { stays, before, error, more: () => void load(stays ?? [], before) };
}

export function Stays({ beat }: { beat: number }): JSX.Element {
  const found = useStays(beat);
  const heading = useRef<HTMLHeadingElement>(null);
  const picks = PICKS.filter((one) => query.value[one]);
  const key = picks.map((one) => `${one}=${query.value[one]}`).join("&");
  const seen = useRef(key);
  useEffect(() => {
    if (key && key !== seen.current) heading.current?.focus();
    seen.current = key;
  }, [key]);
  const said: Record<(typeof PICKS)[number], (value: string) => string> = {
    day: (value) => shortDate(noonOf(value)),
    fate: (value) => (isWord(`fate.${value}`) ? t(`fate.${value}` as "fate.lost") : value),
    reason: (value) => word("reason", value),
    intent: intentName,
  };
  const what = picks.map((one) => said[one](query.value[one] ?? "")).join(" · ");
  return (
    <section class="stays">
      <h2 ref={heading} tabIndex={-1}>
        {t("stays.title")}
      </h2>
      <p class="control-row">
        <span role="status">
          {what ? t("stays.picked", { what: `\u2068${what}\u2069` }) : t("stays.all")}
        </span>
        {what && (
          <button
            type="button"
            class="button"
            onClick={() => setQuery(Object.fromEntries(PICKS.map((one) => [one, ""])))}
          >
            {t("stays.clear")}
          </button>
        )}
      </p>
      {found.error && <LoadFailed error={found.error} retry={found.more} />}
      {!found.error && !found.stays && <Waiting />}
      {found.stays?.length === 0 && <p class="quiet">{t("stays.none")}</p>}
      <ul class="readings">
        {(found.stays ?? []).map((one) => (
          <Row key={one.id} stay={one} />
        ))}
      </ul>
      {found.before && (
        <button type="button" class="button" onClick={found.more}>
          {t("stays.more")}
        </button>
      )}
    </section>
  );
}

function Row({ stay }: { stay: Stay }): JSX.Element {
  return (
    <li class="stay">
      <span class="control-row">
        <a href={`/desk/all/${encodeURIComponent(stay.conversation)}`}>
          {t("stays.open", { n: stay.number })}
        </a>
        <span class="stay-fate">
          <i class={`fate-${stay.fate}`} />
          {t(`fate.${stay.fate}`)}
        </span>
      </span>
      <p class="aside-facts">
        <time class="tabular" dateTime={new Date(stay.began).toISOString()}>
          {dateTime(stay.began)}
        </time>
        <span>{channelName(stay.channel)}</span>
        <span>{t(`lang.${stay.lang}`)}</span>
        <span>{t("stays.messages", { n: stay.turns })}</span>
        {stay.fate === "handed_off" && stay.reason && <span>{word("reason", stay.reason)}</span>}
        {stay.understood.map((one) => (
          <bdi key={one} class="tag">
            {intentName(one)}
          </bdi>
        ))}
      </p>
    </li>
  );
}
