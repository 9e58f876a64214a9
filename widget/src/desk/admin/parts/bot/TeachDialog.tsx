/** Corrects one sentence before it is taught: its words, its entities, its language, its intent. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Locale } from "../../../../wire/desk.types";
import type { Label } from "../../botApi";
import type { IntentSummary, Mark, ReviewRow } from "../../model/bot";
import { t } from "../../words";
import { Ask } from "./asked";
import { Marker } from "./Marked";

interface TeachProps {
  row: ReviewRow;
  intents: readonly IntentSummary[];
  entities: readonly string[];
  teach: (label: Label) => Promise<void>;
  onClose: () => void;
}

export function TeachDialog({ row, intents, entities, teach, onClose }: TeachProps): JSX.Element {
  const [text, setText] = useState(row.text);
  const [marks, setMarks] = useState<Mark[]>([]);
  const [lang, setLang] = useState<Locale>(row.lang);
  const [intent, setIntent] = useState(
    row.guesses.find((guess) => intents.some((one) => one.name === guess.intent))?.intent ?? "",
  );
  return (
    <Ask
      title={t("review.correct")}
      action={t("review.teach")}
      locked={!text.trim() || !intent}
      run={() => teach({ ids: [row.id], intent, text, lang, marks })}
      onClose={onClose}
    >
      <Marker
        text={text}
        marks={marks}
        entities={entities}
        onChange={(words, found) => {
          setText(words);
          setMarks(found);
        }}
      />
      <div class="control-row">
        <select
          class="control"
          aria-label={t("bot.intent")}
          value={intent}
          onChange={(event) => setIntent(event.currentTarget.value)}
        >
          <option value="">{t("review.choose")}</option>
          {intents.map((one) => (
            <option key={one.name} value={one.name}>
              {one.name}
            </option>
          ))}
        </select>
        <select
          class="control control-unit"
          aria-label={t("bot.language")}
          value={lang}
          onChange={(event) => setLang(event.currentTarget.value as Locale)}
        >
          {(["fa", "en"] as const).map((one) => (
            <option key={one} value={one}>
              {t(`lang.${one}`)}
            </option>
          ))}
        </select>
      </div>
    </Ask>
  );
}
