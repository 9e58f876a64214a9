/** Requests to the hub: the session's cookie, the CSRF token, and every refusal as one kind of error. */
import { deskConfig } from "../config";
import type {
  Agent,
  AsidePage,
  AuditPage,
  AuditVerdict,
  Canned,
  Channel,
  Dialling,
  Finding,
  Inbox,
  InboxMade,
  Me,
  NamedCalendar,
  Queue,
  Rule,
  Setting,
  Sla,
  TriedOut,
  Workplace,
} from "./model/records";
import { writeQuery } from "./model/search";

/**
 * A refusal of the hub, or no answer at all (`offline`). `field` is the top-level field at fault, or "settings.<name>"; `place` is
 * where in it, like "rings.1.needs".
 */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly field: string | null = null,
    readonly place: string | null = field,
  ) {
    super(code);
  }
}

/** What was thrown, as a refusal. */
export function asRefusal(thrown: unknown): ApiError {
  return thrown instanceof ApiError ? thrown : new ApiError("unknown");
}

const OFFLINE_STATUS = new Set([502, 504]);

interface Refusal {
  error?: { code?: string; field?: string | null };
}

type Method = "GET" | "POST" | "PATCH" | "DELETE";

async function send<T>(method: Method, path: string, body?: object): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const file = body instanceof Blob;
  if (method !== "GET") headers["X-CSRF-Token"] = deskConfig().csrf;
  if (body) headers["Content-Type"] = file ? "application/octet-stream" : "application/json";
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      body: file ? body : body && JSON.stringify(body),
    });
  } catch {
    throw new ApiError("offline");
  }
  if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T;
  if (OFFLINE_STATUS.has(answer.status)) throw new ApiError("offline");
  const refusal = (await answer.json().catch(() => ({}))) as Refusal;
  const at = refusal.error?.field ?? null;
  const [field = "", inside] = at?.split(/[.[]/) ?? [];
  throw new ApiError(
    refusal.error?.code ?? (answer.status === 503 ? "unavailable" : String(answer.status)),
    (field === "settings" && inside ? `settings.${inside}` : field) || null,
    at,
  );
}

/**
 * Sends a request. Somebody who signed in again in another tab has a new token: it is fetched and the request sent once more, so
 * that nothing written here is lost. Somebody else's session never gets the first one's changes.
 */
export async function request<T>(method: Method, path: string, body?: object): Promise<T> {
  try {
    return await send<T>(method, path, body);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "bad_csrf") throw error;
    const me = await send<Me>("GET", "/api/me");
    if (me.id !== deskConfig().me.id || me.csrf === deskConfig().csrf) throw error;
    deskConfig().csrf = me.csrf;
    return send<T>(method, path, body);
  }
}

/** Sends a file as it is. */
export function upload<T>(path: string, file: File): Promise<T> {
  return request<T>("POST", path, file);
}

const ADMIN = "/api/admin";
const at = (kind: string, id: string) => `${ADMIN}/${kind}/${encodeURIComponent(id)}`;

export const api = {
  agents: () => request<{ agents: Agent[] }>("GET", `${ADMIN}/agents`).then((it) => it.agents),
  createAgent: (body: object) => request<Agent>("POST", `${ADMIN}/agents`, body),
  changeAgent: (id: string, body: object) => request<Agent>("PATCH", at("agents", id), body),
  queues: () => request<{ queues: Queue[] }>("GET", `${ADMIN}/queues`).then((it) => it.queues),
  createQueue: (body: object) => request<Queue>("POST", `${ADMIN}/queues`, body),
  changeQueue: (id: string, body: object) => request<Queue>("PATCH", at("queues", id), body),
  routes: () => request<{ rules: Rule[] }>("GET", `${ADMIN}/rules`).then((it) => it.rules),
  changeRoutes: (rules: readonly Rule[]) =>
    request<{ rules: Rule[] }>("PATCH", `${ADMIN}/rules`, { rules }).then((it) => it.rules),
  dialling: () => request<Dialling>("GET", `${ADMIN}/dialling`),
  changeDialling: (rules: Dialling) => request<Dialling>("PATCH", `${ADMIN}/dialling`, rules),
  calendars: () =>
    request<{ calendars: NamedCalendar[] }>("GET", `${ADMIN}/calendars`).then((it) => it.calendars),
  putCalendar: (one: NamedCalendar) =>
    request<NamedCalendar>("PATCH", at("calendars", one.id), {
      id: one.id,
      name: one.name,
      calendar: one.calendar,
    }),
  deleteCalendar: (id: string) => request<void>("DELETE", at("calendars", id)),
  slas: () => request<{ slas: Sla[] }>("GET", `${ADMIN}/slas`).then((it) => it.slas),
  putSla: (one: Sla) => request<Sla>("PATCH", at("slas", one.id), one),
  deleteSla: (id: string) => request<void>("DELETE", at("slas", id)),
  tryOut: (body: object) => request<TriedOut>("POST", `${ADMIN}/routing/dry-run`, body),
  deleteQueue: (id: string) => request<void>("DELETE", at("queues", id)),
  inboxes: () => request<{ inboxes: Inbox[] }>("GET", `${ADMIN}/inboxes`).then((it) => it.inboxes),
  channels: () => request<{ channels: Channel[] }>("GET", `${ADMIN}/channels`).then((it) => it.channels),
  createInbox: (body: object) => request<InboxMade>("POST", `${ADMIN}/inboxes`, body),
  deleteInbox: (id: string) => request<void>("DELETE", at("inboxes", id)),
  checkInbox: (id: string, settings: Record<string, Setting>) =>
    request<{ findings: Finding[] }>("POST", `${at("inboxes", id)}/check`, { settings }).then(
      (it) => it.findings,
    ),
  rotateSecret: (id: string, field: string) =>
    request<InboxMade>("POST", `${at("inboxes", id)}/rotate`, { field }),
  aside: (filters: Record<string, string>) =>
    request<AsidePage>("GET", `${ADMIN}/aside${writeQuery(filters)}`),
  asideRaw: (id: string) => `${at("aside", id)}/raw`,
  rerunAside: (id: string) => request<void>("POST", `${at("aside", id)}/rerun`),
  discardAside: (id: string) => request<void>("DELETE", at("aside", id)),
  changeInbox: (id: string, body: object) => request<Inbox>("PATCH", at("inboxes", id), body),
  canned: () => request<{ canned: Canned[] }>("GET", `${ADMIN}/canned`).then((it) => it.canned),
  createCanned: (body: object) => request<Canned>("POST", `${ADMIN}/canned`, body),
  changeCanned: (id: string, body: object) => request<Canned>("PATCH", at("canned", id), body),
  deleteCanned: (id: string) => request<void>("DELETE", at("canned", id)),
  workplace: () => request<Workplace>("GET", `${ADMIN}/settings`),
  changeWorkplace: (body: object) => request<Workplace>("PATCH", `${ADMIN}/settings`, body),
  audit: (before: number | null) =>
    request<AuditPage>("GET", `${ADMIN}/audit${before === null ? "" : `?before=${before}`}`),
  verifyAudit: () => request<AuditVerdict>("GET", `${ADMIN}/audit/verify`),
  me: () => request<Me>("GET", "/api/me"),
  changeMe: (body: object) => request<Me>("PATCH", "/api/me", body),
};
