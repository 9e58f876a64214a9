/** All steps of a flow as cards, one of them unfolded, and how one is added. */
import type { JSX } from "preact";
import {
  type FlowContent,
  type FlowDraft,
  type FlowProblem,
  STEP_TYPES,
  type Step,
  type StepType,
  stepField,
} from "../../model/flow";
import { t } from "../../words";
import type { Draft } from "../useDraft";
import { StepCard } from "./StepCard";
import type { Cards } from "./useCards";

interface StepsProps {
  draft: Draft<FlowDraft>;
  content: FlowContent;
  cards: Cards;
  problems: readonly FlowProblem[];
}

export function Steps({ draft, content, cards, problems }: StepsProps): JSX.Element {
  const { bench, open, setOpen } = cards;
  return (
    <section class="flow-steps-part" aria-label={t("flow.steps")}>
      <h2>{t("flow.steps")}</h2>
      <ol class="rings flow-steps" ref={cards.list}>
        {Object.entries(content.nodes).map(([name, step]) => (
          <StepCard
            key={name}
            name={name}
            step={(draft.value[stepField(name)] as Step | undefined) ?? step}
            first={content.entry.node === name}
            open={open === name}
            problems={problems.filter((one) => one.step === name)}
            wrong={draft.bind(stepField(name)).problem}
            onFold={() => setOpen(open === name ? null : name)}
            onChange={(next) => draft.set({ [stepField(name)]: next })}
            onRename={(next) => cards.rename(name, next)}
            onRemove={() => {
              setOpen(null);
              draft.set({ [stepField(name)]: undefined });
            }}
          />
        ))}
      </ol>
      {!bench.readOnly && (
        <select
          class="control flow-add"
          aria-label={t("flow.step.add")}
          value=""
          onChange={(event) => {
            const name = bench.add(event.currentTarget.value as StepType, null);
            event.currentTarget.value = "";
            bench.show(name);
          }}
        >
          <option value="">{t("flow.step.add")}</option>
          {STEP_TYPES.map((type) => (
            <option key={type} value={type}>
              {t(`flow.type.${type}`)} — {t(`flow.type.${type}.hint`)}
            </option>
          ))}
        </select>
      )}
    </section>
  );
}
