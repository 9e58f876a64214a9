/** How the bot does: contained, handed over, not understood; by day, reason, language and intent; and the conversations. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { shortDate } from "../../../ui/format";
import { Empty } from "../../parts/common";
import { type ApiError, asRefusal } from "../api";
import { figuresApi } from "../figuresApi";
import type { BotFigures as Figures } from "../model/figures";
import { query, setQuery } from "../nav";
import { DayBars, Legend, noonOf } from "../parts/bot/DayBars";
import { BigFigures, Counts, intentName, Reasons } from "../parts/bot/FigureParts";
import { Stays } from "../parts/bot/Stays";
import { Bars } from "../parts/icons";
import { Block, LoadFailed, Page, Waiting } from "../parts/Page";
import { channelName } from "../parts/say";
import { FilterSelect, Filters } from "../parts/Table";
import { t } from "../words";

const SPANS = [7, 90] as const;
const USUAL = 30;
const LOOK_MS = 15_000;

/** Loads with the filters, and again and again while somebody looks; `beat` counts the loads. */
function useFigures(): { data: Figures | null; error: ApiError | null; beat: number; load: () => void } {
  const [data, setData] = useState<Figures | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [beat, setBeat] = useState(0);
  const [asks, setAsks] = useState(0);
  const { days = "", lang = "", channel = "" } = query.value;
  useEffect(() => {
    let here = true;
    const look = async () => {
      if (document.visibilityState === "hidden") return;
      try {
        const found = await figuresApi.figures({ days, lang, channel });
        if (!here) return;
        setData((known) => {
          if (JSON.stringify(known) === JSON.stringify(found)) return known;
          setBeat((now) => now + 1);
          return found;
        });
        setError(null);
      } catch (thrown) {
        if (here) setError(asRefusal(thrown));
      }
    };
    void look();
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => {
      here = false;
      clearInterval(timer);
    };
  }, [days, lang, channel, asks]);
  return { data, error, beat, load: () => setAsks((now) => now + 1) };
}

export function BotFigures(): JSX.Element {
  const { data, error, beat, load } = useFigures();
  const option = (value: string, label: string) => ({ value, label });
  return (
    <Page title={t("figures.title")} lead={t("figures.lead")}>
      <Filters search={false}>
        <FilterSelect
          name="days"
          label={t("figures.span")}
          options={SPANS.map((n) => option(String(n), t("figures.span.days", { n })))}
          all={t("figures.span.days", { n: USUAL })}
        />
        <FilterSelect
          name="lang"
          label={t("bot.language")}
          options={(["fa", "en"] as const).map((one) => option(one, t(`lang.${one}`)))}
        />
        <FilterSelect
          name="channel"
          label={t("figures.channel")}
          options={(data?.channels ?? []).map((one) => option(one, channelName(one)))}
        />
      </Filters>
      {error && <LoadFailed error={error} retry={load} />}
      {!error && !data && <Waiting />}
      {data && <Shown figures={data} beat={beat} />}
    </Page>
  );
}

function Shown({ figures, beat }: { figures: Figures; beat: number }): JSX.Element {
  if (figures.total.stays === 0)
    return <Empty title={t("figures.none")} hint={t("figures.none.hint")} icon={<Bars size={24} />} />;
  const { day = "" } = query.value;
  const none = { fate: "", reason: "", intent: "" };
  const busy = figures.days.filter((one) => one.counted.stays > 0).reverse();
  const dayName = (name: string) => shortDate(noonOf(name));
  return (
    <>
      <BigFigures total={figures.total} />
      <Block title={t("figures.days")} lead={t("figures.days.lead")}>
        <DayBars
          days={figures.days}
          picked={day}
          pick={(one) => setQuery({ ...none, day: one === day ? "" : one })}
        />
        <Legend />
        <details class="more">
          <summary>{t("figures.days.table")}</summary>
          <Counts
            first={t("figures.day")}
            rows={busy}
            name={(one) => dayName(one.name)}
            what={(one) => ({ day: one.name })}
          />
        </details>
      </Block>
      <Block title={t("figures.reasons")}>
        <Reasons figures={figures} />
      </Block>
      <Block title={t("figures.langs")}>
        <Counts
          first={t("bot.language")}
          rows={figures.langs}
          name={(one) => t(one.name === "fa" ? "lang.fa" : "lang.en")}
          what={(one) => ({ lang: one.name })}
        />
      </Block>
      <Block title={t("figures.intents")} lead={t("figures.intents.lead")}>
        {figures.intents.length === 0 ? (
          <p class="quiet">{t("figures.intents.none")}</p>
        ) : (
          <Counts
            first={t("bot.intent")}
            rows={figures.intents}
            name={(one) => <bdi>{intentName(one.name)}</bdi>}
            what={(one) => ({ intent: one.name })}
            missed={false}
          />
        )}
      </Block>
      <Stays beat={beat} />
    </>
  );
}
