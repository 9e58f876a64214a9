/** Tables whose rows lead somewhere, with the filters above them. On a phone each row is a card. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Search } from "../../../ui/icons";
import { Empty, Keys } from "../../parts/common";
import { follow, hrefOf, query, setQuery } from "../nav";
import { t } from "../words";
import { Ahead } from "./icons";

export interface Column<R> {
  key: string;
  title: string;
  cell: (row: R) => ComponentChildren;
  /** Left out where there is little room. */
  roomy?: boolean;
}

/** The column of what the rows are called. */
export function nameColumn<R>(title: string, nameOf: (row: R) => string): Column<R> {
  return {
    key: "name",
    title,
    cell: (row) => (
      <b>
        <bdi>{nameOf(row)}</bdi>
      </b>
    ),
  };
}

interface TableProps<R extends { id: string }> {
  label: string;
  section: string;
  rows: readonly R[];
  /** The first one holds the link. */
  columns: readonly Column<R>[];
  dimmed?: (row: R) => boolean;
}

/** Moves the focus from row to row: arrows, J and K. */
function onRowKey(event: KeyboardEvent): void {
  const by = ["ArrowDown", "j"].includes(event.key) ? 1 : ["ArrowUp", "k"].includes(event.key) ? -1 : 0;
  if (
    by === 0 ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    !(event.currentTarget instanceof HTMLElement)
  )
    return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>("a.row-link")];
  const next = links[links.indexOf(document.activeElement as HTMLElement) + by];
  if (!next) return;
  event.preventDefault();
  event.stopPropagation();
  next.focus();
}

/** So many rows are made at once: a thousand of them would make typing in the search slow. */
const STEP = 100;

/** How many rows are there; more as soon as one comes near the end of them. */
function useGrowing(): { most: number; end: { current: HTMLDivElement | null } } {
  const [most, setMost] = useState(STEP);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!end.current) return;
    const near = new IntersectionObserver(([seen]) => seen?.isIntersecting && setMost(most + STEP), {
      root: end.current.closest(".admin-main"),
      rootMargin: "1000px",
    });
    near.observe(end.current);
    return () => near.disconnect();
  });
  return { most, end };
}

export function Table<R extends { id: string }>({
  label,
  section,
  rows,
  columns,
  dimmed,
}: TableProps<R>): JSX.Element {
  const { most, end } = useGrowing();
  return (
    <>
      <table class="table" aria-label={label} aria-rowcount={rows.length + 1} onKeyDown={onRowKey}>
        <thead>
          <tr>
            {columns.map((one) => (
              <th key={one.key} scope="col" class={one.roomy ? "is-roomy" : undefined}>
                {one.title}
              </th>
            ))}
            <td class="table-go" />
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, most).map((row) => (
            <tr key={row.id} class={dimmed?.(row) ? "is-dimmed" : ""}>
              {columns.map((one, n) => (
                <td
                  key={one.key}
                  data-label={n > 0 ? one.title : undefined}
                  class={one.roomy ? "is-roomy" : undefined}
                >
                  {n === 0 ? (
                    <a
                      class="row-link"
                      href={hrefOf(section, row.id)}
                      onClick={(event) => follow(event, section, row.id)}
                    >
                      {one.cell(row)}
                    </a>
                  ) : (
                    one.cell(row)
                  )}
                </td>
              ))}
              <td class="table-go">
                <Ahead size={16} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > most && <div ref={end} />}
    </>
  );
}

/** The filters above a table; `/` goes to the search. */
export function Filters({
  search = true,
  children,
}: {
  search?: boolean;
  children?: ComponentChildren;
}): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target;
      const writing =
        target instanceof HTMLElement &&
        (target.matches("input, textarea, select") || target.closest("[role=dialog]") !== null);
      if (event.key !== "/" || writing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return (
    <div class="filters" role="search">
      {search && (
        <label class="filter-search">
          <Search size={16} />
          <span class="visually-hidden">{t("table.filter")}</span>
          <input
            ref={input}
            type="search"
            dir="auto"
            placeholder={t("table.filter")}
            value={query.value.q ?? ""}
            onInput={(event) => setQuery({ q: event.currentTarget.value })}
            onKeyDown={(event) => {
              if (event.key === "Escape" && event.currentTarget.value) {
                event.stopPropagation();
                setQuery({ q: "" });
              }
            }}
          />
          <Keys caps={["/"]} />
        </label>
      )}
      {children}
    </div>
  );
}

/** One filter as a list to choose from. */
export function FilterSelect(props: {
  name: string;
  label: string;
  options: readonly { value: string; label: string }[];
  /** What no choice means. */
  all?: string;
}): JSX.Element {
  const value = query.value[props.name] ?? "";
  return (
    <label class={`sieve ${value ? "is-set" : ""}`}>
      <span>{props.label}</span>
      <select value={value} onChange={(event) => setQuery({ [props.name]: event.currentTarget.value })}>
        <option value="">{props.all ?? t("table.all")}</option>
        {props.options.map((one) => (
          <option key={one.value} value={one.value}>
            {one.label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Nothing fits the filters: says so and takes them away. */
export function NothingFits(): JSX.Element {
  const clear = () => setQuery(Object.fromEntries(Object.keys(query.peek()).map((name) => [name, ""])));
  return (
    <Empty title={t("table.none")} icon={<Search size={24} />}>
      <button type="button" class="button" onClick={clear}>
        {t("table.clear")}
      </button>
    </Empty>
  );
}
