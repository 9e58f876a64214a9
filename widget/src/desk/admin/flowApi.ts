/** Requests about the flows of calls. */
import { request } from "./api";
import type { Came, FlowContent, FlowRecord, FlowReview, FlowSummary, Stage } from "./model/flow";

const FLOWS = "/api/admin/flows";
const at = (id: string) => `${FLOWS}/${encodeURIComponent(id)}`;

/** How a trial is set. */
export interface Scene {
  /** Those of a moment, or as if everything were open or closed. */
  hours: "at" | "open" | "closed";
  /** In ms; null for now. */
  at: number | null;
  /** The number dialled; empty for any that begins nowhere else. */
  called: string;
  /** Whether the caller can be called back. */
  known_number: boolean;
}

export const flowApi = {
  all: () => request<{ flows: FlowSummary[] }>("GET", FLOWS).then((it) => it.flows),
  one: (id: string) => request<FlowRecord>("GET", at(id)),
  create: (name: string, draft?: FlowContent) => request<FlowRecord>("POST", FLOWS, { name, draft }),
  change: (id: string, body: { revision: number; name: string; draft: FlowContent }) =>
    request<FlowRecord>("PATCH", at(id), body),
  publish: (id: string, revision: number, note: string) =>
    request<FlowRecord>("POST", `${at(id)}/publish`, { revision, note }),
  goBack: (id: string, version: number) => request<FlowRecord>("POST", `${at(id)}/return`, { version }),
  version: (id: string, number: number) =>
    request<{ content: FlowContent }>("GET", `${at(id)}/versions/${number}`).then((it) => it.content),
  remove: (id: string) => request<void>("DELETE", at(id)),
  review: (content: FlowContent) => request<FlowReview>("POST", `${FLOWS}/review`, { content }),
  /** `inbox`: whose own hours are meant; empty where they are always open. */
  walk: (content: FlowContent, came: readonly Came[], scene: Scene, inbox: string) =>
    request<{ stages: Stage[]; open: string[] }>("POST", `${FLOWS}/trial`, {
      content,
      came,
      inbox,
      ...scene,
    }),
};
