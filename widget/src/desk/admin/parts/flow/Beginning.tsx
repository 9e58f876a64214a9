/** Where callers come in, in which language they are greeted, and numbers that begin elsewhere. */
import type { JSX } from "preact";
import { Close } from "../../../../ui/icons";
import type { Locale } from "../../../../wire/desk.types";
import { latin } from "../../model/digits";
import type { Beginning, FlowDraft } from "../../model/flow";
import { t } from "../../words";
import { ManyField } from "../choices";
import { Frame } from "../fields";
import { Adder } from "../Lists";
import type { Draft } from "../useDraft";
import { useBench } from "./bench";
import { StepPicker } from "./StepPicker";

const LANGUAGES = ["fa", "en"] as const;

export function BeginningFields({ draft }: { draft: Draft<FlowDraft> }): JSX.Element {
  const { readOnly } = useBench();
  const entry = draft.value.entry as Beginning;
  const entries = draft.value.entries as Record<string, Beginning>;
  const put = (next: Record<string, Beginning>) => draft.set({ entries: next });
  const without = (number: string) =>
    put(Object.fromEntries(Object.entries(entries).filter(([one]) => one !== number)));
  return (
    <>
      <ManyField<Locale>
        value={draft.value.locales as Locale[]}
        name="locales"
        problem={null}
        readOnly={readOnly}
        onChange={(locales) => draft.set({ locales })}
        onLeave={() => {}}
        label={t("flow.locales")}
        options={LANGUAGES.map((one) => ({ value: one, label: t(`lang.${one}`) }))}
      />
      <Frame label={t("flow.entry")} problem={null} group>
        {() => (
          <OneBeginning
            label={t("flow.entry")}
            value={entry}
            onChange={(next) => draft.set({ entry: next })}
          />
        )}
      </Frame>
      <Frame label={t("flow.entries")} hint={t("flow.entries.hint")} problem={null} group>
        {() => (
          <>
            <ul class="flow-entries">
              {Object.entries(entries).map(([number, one]) => (
                <li key={number}>
                  <bdi dir="ltr">{number}</bdi>
                  <OneBeginning
                    label={t("flow.entry.of", { number })}
                    value={one}
                    onChange={(next) => put({ ...entries, [number]: next })}
                  />
                  {!readOnly && (
                    <button
                      type="button"
                      class="icon-button"
                      aria-label={t("list.remove", { name: number })}
                      onClick={() => without(number)}
                    >
                      <Close size={16} />
                    </button>
                  )}
                </li>
              ))}
            </ul>
            {!readOnly && (
              <Adder
                label={t("flow.entries.add")}
                action={t("list.add")}
                ltr
                add={(text) => {
                  const number = latin(text).trim();
                  if (number in entries) return t("list.twice");
                  put({ ...entries, [number]: entry });
                  return null;
                }}
              />
            )}
          </>
        )}
      </Frame>
    </>
  );
}

interface OneProps {
  label: string;
  value: Beginning;
  onChange: (next: Beginning) => void;
}

function OneBeginning({ label, value, onChange }: OneProps): JSX.Element {
  const { readOnly } = useBench();
  return (
    <div class="flow-entry">
      <StepPicker
        label={label}
        value={value.node}
        from={null}
        onChange={(node) => onChange({ ...value, node })}
      />
      <select
        class="control"
        aria-label={t("flow.entry.locale", { label })}
        value={value.locale}
        disabled={readOnly}
        onChange={(event) => onChange({ ...value, locale: event.currentTarget.value as Locale })}
      >
        {LANGUAGES.map((one) => (
          <option key={one} value={one}>
            {t(`lang.${one}`)}
          </option>
        ))}
      </select>
    </div>
  );
}
