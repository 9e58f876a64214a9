/** One step of a flow: a line while it is folded, all of its parts when not, and what is wrong with it in words. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { locale } from "../../../../ui/i18n";
import { Trash } from "../../../../ui/icons";
import { type FlowProblem, type Step, targetsOf } from "../../model/flow";
import { t } from "../../words";
import { Frame } from "../fields";
import { Arrow } from "../icons";
import { useBench } from "./bench";
import { Problems } from "./Problems";
import { StepParts } from "./StepParts";
import { saidIn } from "./say";

const LONGEST_NAME = 60;

interface CardProps {
  name: string;
  step: Step;
  /** Callers come in here. */
  first: boolean;
  open: boolean;
  problems: readonly FlowProblem[];
  /** What the form says of it. */
  wrong: string | null;
  onFold: () => void;
  onChange: (step: Step) => void;
  onRename: (name: string) => void;
  onRemove: () => void;
}

export function StepCard(props: CardProps): JSX.Element {
  const { name, step, open, problems, wrong } = props;
  const { readOnly } = useBench();
  const said = problems.map((one) => one[locale.value]);
  return (
    <li class={`ring-card flow-step ${said.length > 0 || wrong ? "is-wrong" : ""}`} data-step={name}>
      <header class="ring-head">
        <button type="button" class="route-fold" aria-expanded={open} onClick={props.onFold}>
          <b>
            <bdi>{name}</bdi>
          </b>
          <small>
            <span class="flow-type">{t(`flow.type.${step.type}`)}</span>
            {props.first && <span class="flow-first">{t("flow.first")}</span>}
            {!open && <Summary step={step} />}
          </small>
        </button>
        {!readOnly && open && (
          <button
            type="button"
            class="icon-button"
            aria-label={t("flow.step.remove", { name })}
            onClick={props.onRemove}
          >
            <Trash size={16} />
          </button>
        )}
      </header>
      <Problems texts={wrong ? [...said, wrong] : said} />
      {open && (
        <>
          <NameField name={name} onRename={props.onRename} />
          <StepParts name={name} step={step} onChange={props.onChange} />
        </>
      )}
    </li>
  );
}

/** What is said, and where it leads, in a line. */
function Summary({ step }: { step: Step }): JSX.Element {
  const said = saidIn(step);
  const targets = [...new Set(targetsOf(step))];
  return (
    <>
      {said && (
        <span class="flow-said" dir="auto">
          {said}
        </span>
      )}
      {targets.length > 0 && (
        <span class="flow-targets">
          <Arrow size={14} />
          <bdi>{targets.join(t("word.and"))}</bdi>
        </span>
      )}
    </>
  );
}

/** A step's name; it counts once the field is left, and everything that leads here follows. */
function NameField({ name, onRename }: { name: string; onRename: (name: string) => void }): JSX.Element {
  const { readOnly, steps } = useBench();
  const [typed, setTyped] = useState<string | null>(null);
  const wanted = (typed ?? name).trim().replace(/\s+/g, " ");
  const taken = wanted !== name && steps.has(wanted);
  const leave = () => {
    if (!wanted || taken) return;
    setTyped(null);
    if (wanted !== name) onRename(wanted);
  };
  return (
    <Frame
      label={t("flow.step.name")}
      hint={t("flow.step.name.hint")}
      problem={taken ? t("flow.step.taken") : wanted ? null : t("check.required")}
    >
      {(wiring) => (
        <input
          {...wiring}
          class="control"
          dir="auto"
          maxLength={LONGEST_NAME}
          autocomplete="off"
          readOnly={readOnly}
          value={typed ?? name}
          onInput={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            event.preventDefault();
            leave();
          }}
          onBlur={leave}
        />
      )}
    </Frame>
  );
}
