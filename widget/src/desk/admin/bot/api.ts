/** The training studio's requests and what they answer (see hub/web/bot_shapes.py, bot_review.py). Times in ms. */
import { request } from "../api";
import { writeQuery } from "../model/search";

export type Lang = "fa" | "en";

export interface ReviewRow {
  id: string;
  text: string;
  lang: Lang;
  reasons: string[];
  times: number;
  intent: string;
  confidence: number;
  runner_up: string;
  runner_up_confidence: number;
  places: string[];
  last_at: number;
  label: string;
}

export interface ReviewPage {
  groups: { rows: ReviewRow[] }[];
  waiting: number;
}

export interface Mark {
  start: number;
  end: number;
  entity: string;
  value: string;
}

export interface Sentence {
  text: string;
  lang: Lang;
  split: "train" | "test";
  marks: Mark[];
}

export interface IntentSummary {
  name: string;
  faq: boolean;
  version: number;
  fa: number;
  en: number;
  test: number;
}

export interface Knowledge {
  intents: IntentSummary[];
  responses: string[];
  files: string[];
  conflicts: { text: string; intents: string[]; near: boolean }[];
}

export interface Intent {
  name: string;
  version: number;
  faq: boolean;
  sentences: Sentence[];
  answers: Partial<Record<Lang, string>>;
  answer_version: number;
  used: string[];
}

export interface Version {
  number: number;
  state: "queued" | "training" | "ready" | "failed" | "cancelled";
  by_name: string;
  at: number;
  note: string;
  stage: string;
  detail: string;
  done: number;
  of: number;
  began_at: number | null;
  failure: string;
  failure_text: string;
  base: number;
  counts: { intents?: number; examples?: number };
  accuracy: number | null;
  macro_f1: number | null;
  n_train: number;
  n_test: number;
  role: "active" | "previous" | "loading" | "";
}

export interface VersionList {
  versions: Version[];
  last_seconds: number;
}

export interface Changed {
  text: string;
  intent: string;
  before: string;
  after: string;
}

export interface Report {
  version: Version;
  per_intent: Record<string, { precision: number; recall: number; f1: number; support: number }>;
  per_lang: Record<string, number>;
  errors: { text: string; intent: string; predicted: string; confidence: number; lang: Lang }[];
  confused: { intent: string; predicted: string; times: number }[];
  thresholds: { threshold: number; answered: number; right: number }[];
  fixed: Changed[];
  broken: Changed[];
  gates: { name: "accuracy" | "f1_drop" | "broken"; passed: boolean; figure: number; wanted: number }[];
}

export interface Rollout {
  active: number;
  share: number;
  slots: Record<string, number>;
  loading: number | null;
  can_roll_back: boolean;
}

interface Decided {
  decided: number;
  waiting: number;
}

const BASE = "/api/admin/bot";
const intentAt = (name: string) => `${BASE}/intents/${encodeURIComponent(name)}`;

export const botApi = {
  review: (filters: Record<string, string>) =>
    request<ReviewPage>("GET", `${BASE}/review${writeQuery(filters)}`),
  label: (ids: string[], intent: string) => request<Decided>("POST", `${BASE}/review/label`, { ids, intent }),
  ignore: (ids: string[]) => request<Decided>("POST", `${BASE}/review/ignore`, { ids }),
  reopen: (ids: string[]) => request<Decided>("POST", `${BASE}/review/reopen`, { ids }),
  knowledge: () => request<Knowledge>("GET", `${BASE}/knowledge`),
  intent: (name: string) => request<Intent>("GET", intentAt(name)),
  makeIntent: (body: object) => request<Intent>("POST", `${BASE}/intents`, body),
  changeIntent: (name: string, body: object) => request<Intent>("PATCH", intentAt(name), body),
  removeIntent: (name: string, version: number) => request<void>("DELETE", intentAt(name), { version }),
  importFile: (file: File) =>
    request<{ added: Record<string, number> }>(
      "POST",
      `${BASE}/import?name=${encodeURIComponent(file.name)}`,
      file,
    ),
  exportAs: (kind: "zip" | "csv" | "yml") => `${BASE}/export?as=${kind}`,
  versions: () => request<VersionList>("GET", `${BASE}/versions`),
  train: (note: string) => request<Version>("POST", `${BASE}/versions`, { note }),
  stop: (number: number) => request<void>("POST", `${BASE}/versions/${number}/stop`),
  report: (number: string) => request<Report>("GET", `${BASE}/versions/${encodeURIComponent(number)}`),
  activate: (number: number, share: number, reason: string) =>
    request<Rollout>("POST", `${BASE}/versions/${number}/activate`, { share, reason }),
  rollout: () => request<Rollout>("GET", `${BASE}/rollout`),
  rollBack: () => request<Rollout>("POST", `${BASE}/rollout/back`),
};
