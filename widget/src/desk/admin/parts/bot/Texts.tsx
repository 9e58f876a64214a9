/** What the bot says in both languages, side by side. */
import type { JSX } from "preact";
import type { Texts } from "../../model/forms";
import { t } from "../../words";

interface TextsProps {
  label: string;
  name: string;
  value: Texts;
  rows?: number;
  onChange: (value: Texts) => void;
}

export function TextsField({ label, name, value, rows = 2, onChange }: TextsProps): JSX.Element {
  return (
    <div class="both-languages">
      {(["fa", "en"] as const).map((lang) => (
        <label key={lang} class="entry">
          <span class="entry-label">{`${label} · ${t(`lang.${lang}`)}`}</span>
          <textarea
            class="control"
            name={`${name}.${lang}`}
            rows={rows}
            maxLength={1000}
            dir={lang === "fa" ? "rtl" : "ltr"}
            lang={lang}
            value={value[lang] ?? ""}
            onInput={(event) => onChange({ ...value, [lang]: event.currentTarget.value })}
          />
        </label>
      ))}
    </div>
  );
}
