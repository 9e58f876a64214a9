/** Requests to the hub's training studio. */
import { request, upload } from "./api";
import type {
  Gates,
  IntentRecord,
  Knowledge,
  Mark,
  ReplyButton,
  Report,
  ResponseRecord,
  ReviewPage,
  Rollout,
  Version,
  VersionList,
} from "./model/bot";
import { writeQuery } from "./model/search";

const BOT = "/api/admin/bot";
const at = (kind: string, id: string | number) => `${BOT}/${kind}/${encodeURIComponent(id)}`;

export interface Label {
  ids: string[];
  intent: string;
  text?: string;
  lang?: string;
  marks?: Mark[];
}

/** What a version says to words, and what it made of them. */
export interface TriedOut {
  says: { text: string; buttons: ReplyButton[]; image: string }[];
  /** Why it gives up; empty when it doesn't. */
  handoff: string;
  intent: string;
  confidence: number;
  runner_up: string;
  runner_up_confidence: number;
  entities: { entity: string; value: string }[];
}

interface Change {
  name: string;
  added: string[];
  removed: string[];
}

export interface VersionDiff {
  before: number;
  intents: Change[];
  /** Their words. */
  responses: Change[];
  files: string[];
}

export interface Imported {
  added: Record<string, number>;
  values: number;
  /** Sentences with personal data in them, which is not kept. */
  masked: number;
}

interface Decided {
  decided: number;
  waiting: number;
  /** Sentences with personal data in them, which is not taught. */
  masked: number;
}

export const botApi = {
  review: (filters: Record<string, string>) =>
    request<ReviewPage>("GET", `${BOT}/review${writeQuery(filters)}`),
  label: (body: Label) => request<Decided>("POST", `${BOT}/review/label`, body),
  ignore: (ids: string[]) => request<Decided>("POST", `${BOT}/review/ignore`, { ids }),
  reopen: (ids: string[]) => request<Decided>("POST", `${BOT}/review/reopen`, { ids }),
  knowledge: () => request<Knowledge>("GET", `${BOT}/knowledge`),
  intent: (name: string) => request<IntentRecord>("GET", at("intents", name)),
  createIntent: (body: object) => request<IntentRecord>("POST", `${BOT}/intents`, body),
  changeIntent: (name: string, body: object) => request<IntentRecord>("PATCH", at("intents", name), body),
  deleteIntent: (name: string, version: number) => request<void>("DELETE", at("intents", name), { version }),
  response: (name: string) => request<ResponseRecord>("GET", at("responses", name)),
  changeResponse: (name: string, body: object) =>
    request<ResponseRecord>("PATCH", at("responses", name), body),
  importFile: (file: File) => upload<Imported>(`${BOT}/import?name=${encodeURIComponent(file.name)}`, file),
  importProject: (file: File) =>
    upload<{ intents: number; masked: number }>(`${BOT}/project?name=${encodeURIComponent(file.name)}`, file),
  exportOf: (kind: "zip" | "csv" | "yml") => `${BOT}/export?as=${kind}`,
  versions: () => request<VersionList>("GET", `${BOT}/versions`),
  train: (note: string) => request<Version>("POST", `${BOT}/versions`, { note }),
  stop: (number: number) => request<void>("POST", `${at("versions", number)}/stop`),
  report: (number: number) => request<Report>("GET", at("versions", number)),
  pin: (number: number, pinned: boolean) => request<Version>("PATCH", at("versions", number), { pinned }),
  tellPins: (number: number) => request<Version>("POST", `${at("versions", number)}/stories`),
  activate: (number: number, share: number, reason: string, at_once: boolean) =>
    request<Rollout>("POST", `${at("versions", number)}/activate`, { share, reason, at_once }),
  tryOut: (number: number, body: object) => request<TriedOut>("POST", `${at("versions", number)}/try`, body),
  diff: (number: number, other: string) =>
    request<VersionDiff>("GET", `${at("versions", number)}/diff${writeQuery({ with: other })}`),
  gates: () => request<Gates>("GET", `${BOT}/gates`),
  changeGates: (body: Gates) => request<Gates>("PATCH", `${BOT}/gates`, body),
  rollout: () => request<Rollout>("GET", `${BOT}/rollout`),
  cancelRollout: () => request<Rollout>("POST", `${BOT}/rollout/cancel`),
  rollBack: () => request<Rollout>("POST", `${BOT}/rollout/back`),
};
