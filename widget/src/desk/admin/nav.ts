/** Places of the admin part: /desk/admin/{section}/{id}?{filters}. */
import { computed, signal } from "@preact/signals";
import { go, route } from "../desk";
import { readQuery, writeQuery } from "./model/search";

/** The sections, by what they are about. */
export const GROUPS = {
  people: ["people", "skills"],
  routing: ["queues", "routes", "calendars", "slas"],
  channels: ["inboxes", "flows", "dialling", "aside"],
  bot: ["review", "intents", "talks", "entities", "responses", "stories", "versions", "figures"],
  house: ["canned", "rules", "audit", "account"],
} as const;
export type Group = keyof typeof GROUPS;
export const SECTIONS = Object.values(GROUPS).flat();
export type Section = (typeof SECTIONS)[number];

/** The words of the path after /desk/admin. */
export const place = computed(() => {
  const path = route.value.view === "admin" ? route.value.path : "";
  const [section = "", id = ""] = path.split("/");
  return { section, id: decodeURIComponent(id) };
});

/** The filters in the address. */
export const query = signal(readQuery(location.search));
addEventListener("popstate", () => {
  query.value = readQuery(location.search);
});

const filtersOf = new Map<string, Record<string, string>>();

/** Where a place is. */
export function hrefOf(section: string, id = ""): string {
  return `/desk/admin${section && `/${section}`}${id && `/${encodeURIComponent(id)}`}`;
}

/** Goes to a place. A list comes up with the filters it was left with. */
export function to(section: string, id = ""): void {
  const before = route.peek();
  go({ view: "admin", path: [section, id && encodeURIComponent(id)].filter(Boolean).join("/") });
  if (route.peek() === before) return;
  const filters = id ? {} : (filtersOf.get(section) ?? {});
  history.replaceState(null, "", location.pathname + writeQuery(filters));
  query.value = filters;
}

/** Changes filters in the address, without a step in the history. */
export function setQuery(change: Record<string, string>): void {
  query.value = readQuery(writeQuery({ ...query.peek(), ...change }));
  filtersOf.set(place.peek().section, query.peek());
  history.replaceState(null, "", location.pathname + writeQuery(query.peek()));
}

/** For links: a plain click stays in the app, anything else is the browser's. */
export function follow(event: MouseEvent, section: string, id = ""): void {
  if (
    event.defaultPrevented ||
    event.button !== 0 ||
    event.metaKey ||
    event.ctrlKey ||
    event.shiftKey ||
    event.altKey
  )
    return;
  event.preventDefault();
  to(section, id);
}
