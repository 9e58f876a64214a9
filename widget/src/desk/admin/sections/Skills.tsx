/** Who can do what, and how well: everybody against every skill. */
import type { JSX } from "preact";
import { number } from "../../../ui/format";
import { Empty } from "../../parts/common";
import { api } from "../api";
import { latin } from "../model/digits";
import type { Agent } from "../model/records";
import { follow, hrefOf } from "../nav";
import { Form } from "../parts/FormParts";
import { Coming, Page } from "../parts/Page";
import { type Draft, useDraft } from "../parts/useDraft";
import { agents, keep, mayChange, useLoad, workplace } from "../store";
import { t } from "../words";

type Levels = Record<string, Record<string, number>>;

const levelsOf = (people: readonly Agent[]): Levels =>
  Object.fromEntries(people.map((one) => [one.id, one.skills]));

export function Skills(): JSX.Element {
  useLoad(agents, workplace);
  const people = (agents.data.value ?? []).filter((one) => one.active);
  const skills = workplace.data.value?.skills ?? [];
  const ready = agents.data.value && workplace.data.value;
  return (
    <Page title={t("skills.title")} lead={t("skills.lead")}>
      {!ready && <Coming needed={[agents, workplace]} rows={8} />}
      {ready && skills.length === 0 && (
        <Empty title={t("skills.none")} hint={t("skills.none.hint")}>
          <a class="button" href={hrefOf("rules")} onClick={(event) => follow(event, "rules")}>
            {t("skills.go")}
          </a>
        </Empty>
      )}
      {ready && skills.length > 0 && (
        <Matrix key={people.map((one) => one.id).join()} people={people} skills={skills} />
      )}
    </Page>
  );
}

function Matrix({ people, skills }: { people: readonly Agent[]; skills: readonly string[] }): JSX.Element {
  const readOnly = !mayChange();
  const ids = people.map((one) => one.id);
  const draft = useDraft<Levels>(
    {
      stored: levelsOf(people),
      fields: ids,
      check: () => ({}),
      latest: async () => levelsOf((await api.agents()).filter((one) => ids.includes(one.id))),
      send: async (changes, whole) => {
        for (const [id, levels] of Object.entries(changes)) {
          keep(agents, await api.changeAgent(id, { skills: levels }));
        }
        return whole;
      },
    },
    readOnly,
  );
  return (
    <Form draft={draft} readOnly={readOnly} secret>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section class="matrix" aria-label={t("skills.table")} tabIndex={0}>
        <table onKeyDown={moveByKey}>
          <thead>
            <tr>
              <th scope="col">{t("people.name")}</th>
              {skills.map((skill) => (
                <th key={skill} scope="col">
                  <bdi>{skill.replaceAll("_", " ")}</bdi>
                  {!people.some((one) => draft.value[one.id]?.[skill]) && (
                    <small class="is-warned">{t("skills.nobody")}</small>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {people.map((one) => (
              <tr key={one.id}>
                <th scope="row">
                  <bdi>{one.name}</bdi>
                </th>
                {skills.map((skill) => (
                  <td key={skill}>
                    <Cell draft={draft} person={one} skill={skill} readOnly={readOnly} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Form>
  );
}

/** Arrows go from cell to cell, in the direction of reading. */
function moveByKey(event: KeyboardEvent): void {
  const cell = (event.target as HTMLElement).closest("td");
  const row = cell?.parentElement as HTMLTableRowElement | null;
  if (!cell || !row || event.altKey || event.ctrlKey || event.metaKey) return;
  const ahead = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  const aside = event.key === "ArrowLeft" || event.key === "ArrowRight";
  const down = event.key === "ArrowDown" || event.key === "ArrowUp";
  if (!aside && !down) return;
  event.preventDefault();
  const by = event.key === ahead || event.key === "ArrowDown" ? 1 : -1;
  const rows = [...(row.parentElement?.children ?? [])] as HTMLTableRowElement[];
  const next = down ? rows[rows.indexOf(row) + by]?.cells[cell.cellIndex] : row.cells[cell.cellIndex + by];
  next?.querySelector<HTMLElement>("select")?.focus();
}

interface CellProps {
  draft: Draft<Levels>;
  person: Agent;
  skill: string;
  readOnly: boolean;
}

function Cell({ draft, person, skill, readOnly }: CellProps): JSX.Element {
  const levels = draft.value[person.id] ?? {};
  const put = (level: number) => {
    const { [skill]: _, ...others } = levels;
    draft.set({ [person.id]: level === 0 ? others : { ...others, [skill]: level } });
  };
  return (
    <select
      class={`control ${levels[skill] ? "is-set" : ""}`}
      aria-label={t("skills.cell", { name: person.name, skill: skill.replaceAll("_", " ") })}
      value={String(levels[skill] ?? 0)}
      disabled={readOnly}
      onChange={(event) => put(Number(event.currentTarget.value))}
      onKeyDown={(event) => {
        const typed = latin(event.key);
        if (!/^[0-5]$/.test(typed) || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        put(Number(typed));
      }}
    >
      {[0, 1, 2, 3, 4, 5].map((level) => (
        <option key={level} value={String(level)}>
          {level === 0 ? "–" : number(level)}
        </option>
      ))}
    </select>
  );
}
