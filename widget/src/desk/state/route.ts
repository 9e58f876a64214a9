import type { Tab } from "../../wire/desk.types";
import { TABS } from "./lists";

/** What the address bar says. */
export type Route =
  | { view: "inbox"; tab: Tab; id: string | null }
  | { view: "team" }
  | { view: "admin"; path: string };

const BASE = "/desk";

/** Reads an address of the desk; what isn't known is the inbox. */
export function parseRoute(path: string): Route {
  const words = path
    .replace(/^\/desk\/?/, "")
    .split("/")
    .filter(Boolean);
  if (words[0] === "team") return { view: "team" };
  if (words[0] === "admin") return { view: "admin", path: words.slice(1).join("/") };
  const tab = TABS.find((one) => one === words[0]) ?? "mine";
  return { view: "inbox", tab, id: words[1] ? decodeURIComponent(words[1]) : null };
}

/** The address of a route. */
export function pathOf(route: Route): string {
  if (route.view === "team") return `${BASE}/team`;
  if (route.view === "admin") return `${BASE}/admin${route.path ? `/${route.path}` : ""}`;
  if (!route.id) return route.tab === "mine" ? BASE : `${BASE}/${route.tab}`;
  return `${BASE}/${route.tab}/${encodeURIComponent(route.id)}`;
}
