/** Who is asked for somebody in line: rings that widen with the wait, and what somebody can do how well. */
import type { JSX } from "preact";
import { number } from "../../../ui/format";
import { Plus } from "../../../ui/icons";
import type { Need, Ring } from "../model/records";
import { movedRing } from "../model/routes";
import { t } from "../words";
import { Frame, NumberInput } from "./fields";
import { MoveButtons, useMover } from "./Movable";
import { spanText } from "./span";
import type { Bound } from "./useDraft";
import { Wrong } from "./Wrong";

const LEVELS = [1, 2, 3, 4, 5] as const;
const NEXT_RING_SECONDS = 30;

interface RingsProps extends Bound<Ring[]> {
  skills: readonly string[];
  teams: readonly string[];
  /** What the hub refused at a ring, like `rings.1`. */
  problemAt: (place: string) => string | null;
}

/** The rings of a line, in order. The last one stays for as long as somebody waits. */
export function RingsField({ skills, teams, problemAt, ...bound }: RingsProps): JSX.Element {
  const { value, readOnly, onChange } = bound;
  const change = (at: number, part: Partial<Ring>) =>
    onChange(withLast(value.map((one, n) => (n === at ? { ...one, ...part } : one))));
  const add = () => {
    const after = value.at(-1)?.until_seconds ?? 0;
    onChange([...value, { until_seconds: after + NEXT_RING_SECONDS, needs: [], teams: [], speaks: false }]);
  };
  const { list, move, onKey } = useMover(value.length, (at, by) => onChange(movedRing(value, at, at + by)));
  const wrong = value.map((_, n) => problemAt(`rings.${n}`));
  return (
    <Frame
      label={t("field.rings")}
      hint={t("queues.rings.hint")}
      problem={wrong.some((one) => one !== null) ? null : bound.problem}
      group
    >
      {() => (
        <>
          {value.length === 0 && <p class="remark">{t("queues.rings.none")}</p>}
          <ol class="rings" ref={list}>
            {value.map((ring, n) => (
              <li key={n} class="ring-card" onKeyDown={readOnly ? undefined : onKey(n)}>
                <header class="ring-head">
                  <b>{t("queues.ring", { n: number(n + 1) })}</b>
                  <span class="ring-when">
                    {n === value.length - 1
                      ? t("queues.ring.last", { from: spanText(value[n - 1]?.until_seconds ?? 0) })
                      : t("queues.ring.until", { until: spanText(ring.until_seconds || 0) })}
                  </span>
                  {!readOnly && (
                    <MoveButtons
                      name={t("queues.ring", { n: number(n + 1) })}
                      at={n}
                      length={value.length}
                      move={move}
                      remove={() => onChange(value.filter((_, at) => at !== n))}
                    />
                  )}
                </header>
                {n < value.length - 1 && (
                  <div class="control-row">
                    <NumberInput
                      value={ring.until_seconds}
                      readOnly={readOnly}
                      aria-invalid={wrong[n] ? true : undefined}
                      label={t("queues.ring.seconds", { n: number(n + 1) })}
                      onChange={(until_seconds) => change(n, { until_seconds })}
                      onLeave={bound.onLeave}
                    />
                    <span class="control-after">{t("unit.second")}</span>
                  </div>
                )}
                <Needs
                  needs={ring.needs}
                  skills={skills}
                  readOnly={readOnly}
                  onChange={(needs) => change(n, { needs })}
                />
                <Ticks
                  label={t("field.teams")}
                  options={teams}
                  chosen={ring.teams}
                  readOnly={readOnly}
                  onChange={(chosen) => change(n, { teams: chosen })}
                />
                <label class="tick">
                  <input
                    type="checkbox"
                    checked={ring.speaks}
                    disabled={readOnly}
                    onChange={(event) => change(n, { speaks: event.currentTarget.checked })}
                  />
                  {t("queues.ring.speaks")}
                </label>
                <Wrong>{wrong[n]}</Wrong>
              </li>
            ))}
          </ol>
          {!readOnly && value.length < 10 && (
            <div>
              <button type="button" class="button" onClick={add}>
                <Plus size={16} />
                {t("queues.ring.add")}
              </button>
            </div>
          )}
        </>
      )}
    </Frame>
  );
}

/** The last ring has no end of its own to write, but one that is after all others. */
function withLast(rings: Ring[]): Ring[] {
  const [before, last] = rings.slice(-2);
  if (!before || !last || !(last.until_seconds <= before.until_seconds)) return rings;
  return [...rings.slice(0, -1), { ...last, until_seconds: before.until_seconds + NEXT_RING_SECONDS }];
}

interface NeedsProps {
  needs: readonly Need[];
  skills: readonly string[];
  readOnly: boolean;
  wrong?: boolean | undefined;
  onChange: (needs: Need[]) => void;
}

/** What is asked for, and how well: one choice per skill. */
export function Needs({ needs, skills, readOnly, wrong, onChange }: NeedsProps): JSX.Element | null {
  const known = [...skills, ...needs.map((one) => one.skill).filter((one) => !skills.includes(one))];
  if (known.length === 0) return <p class="entry-hint">{t("queues.skills.none")}</p>;
  return (
    <div class="levels">
      {known.map((skill, n) => (
        <Level
          key={skill}
          skill={skill}
          wrong={n === 0 ? wrong : undefined}
          level={needs.find((one) => one.skill === skill)?.level ?? 0}
          none={t("level.any")}
          readOnly={readOnly}
          onChange={(level) => {
            const others = needs.filter((one) => one.skill !== skill);
            onChange(level === 0 ? others : [...others, { skill, level }]);
          }}
        />
      ))}
    </div>
  );
}

interface LevelProps {
  skill: string;
  level: number;
  none: string;
  readOnly: boolean;
  wrong?: boolean | undefined;
  onChange: (level: number) => void;
}

function Level({ skill, level, none, readOnly, wrong, onChange }: LevelProps): JSX.Element {
  return (
    <label class="level">
      <bdi>{skill.replaceAll("_", " ")}</bdi>
      <select
        class="control"
        value={String(level)}
        disabled={readOnly}
        aria-invalid={wrong}
        onChange={(event) => onChange(Number(event.currentTarget.value))}
      >
        <option value="0">{none}</option>
        {LEVELS.map((one) => (
          <option key={one} value={String(one)}>
            {t("level.at", { n: number(one) })}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TicksProps {
  label: string;
  options: readonly string[];
  chosen: readonly string[];
  readOnly: boolean;
  onChange: (chosen: string[]) => void;
}

function Ticks({ label, options, chosen, readOnly, onChange }: TicksProps): JSX.Element | null {
  const all = [...options, ...chosen.filter((one) => !options.includes(one))];
  if (all.length === 0) return null;
  return (
    <fieldset class="ticks" aria-label={label}>
      {all.map((one) => (
        <label key={one} class="tick">
          <input
            type="checkbox"
            checked={chosen.includes(one)}
            disabled={readOnly}
            onChange={() =>
              onChange(chosen.includes(one) ? chosen.filter((it) => it !== one) : [...chosen, one])
            }
          />
          <bdi>{one}</bdi>
        </label>
      ))}
    </fieldset>
  );
}

interface SkillsProps extends Bound<Record<string, number>> {
  skills: readonly string[];
}

/** What somebody can do, from 1 to 5; what is not chosen they cannot. */
export function SkillsField({ skills, ...bound }: SkillsProps): JSX.Element {
  const { value, readOnly, onChange } = bound;
  const known = [...skills, ...Object.keys(value).filter((one) => !skills.includes(one))];
  return (
    <Frame label={t("field.skills")} hint={t("people.skills.hint")} problem={bound.problem} group>
      {() =>
        known.length === 0 ? (
          <p class="remark">{t("queues.skills.none")}</p>
        ) : (
          <div class="levels">
            {known.map((skill) => (
              <Level
                key={skill}
                skill={skill}
                level={value[skill] ?? 0}
                none={t("level.none")}
                readOnly={readOnly}
                onChange={(level) => {
                  const { [skill]: _, ...others } = value;
                  onChange(level === 0 ? others : { ...others, [skill]: level });
                }}
              />
            ))}
          </div>
        )
      }
    </Frame>
  );
}
