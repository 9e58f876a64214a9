/** What a caller meets, key by key, as text. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { locale } from "../../../../ui/i18n";
import type { Locale } from "../../../../wire/desk.types";
import type { FlowReview } from "../../model/flow";
import { t } from "../../words";
import { ChoiceField } from "../choices";

export function Preview({ review }: { review: FlowReview | null }): JSX.Element {
  const [language, setLanguage] = useState<Locale>(locale.value);
  return (
    <section class="flow-side" aria-label={t("flow.preview")}>
      <h2>{t("flow.preview")}</h2>
      <ChoiceField<Locale>
        value={language}
        name="preview"
        problem={null}
        readOnly={false}
        onChange={setLanguage}
        onLeave={() => {}}
        label={t("flow.preview.language")}
        options={(["fa", "en"] as const).map((one) => ({ value: one, label: t(`lang.${one}`) }))}
      />
      {review && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable to be scrolled by keys
        <pre class="flow-preview" lang={language} dir={language === "fa" ? "rtl" : "ltr"} tabIndex={0}>
          {language === "fa" ? review.preview_fa : review.preview_en}
        </pre>
      )}
    </section>
  );
}
