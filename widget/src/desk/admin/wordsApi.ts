/** Requests for entities, synonyms, patterns and lists; and the step back from bulk acts. */
import { request } from "./api";
import type { BulkAct, TermKind, TermRecord, TermSummary } from "./model/words";

const WORDS = "/api/admin/bot/words";
const UNDO = "/api/admin/bot/undo";
const at = (kind: TermKind, name: string) => `${WORDS}/${kind}/${encodeURIComponent(name)}`;

export const wordsApi = {
  terms: () => request<{ terms: TermSummary[] }>("GET", WORDS).then((it) => it.terms),
  term: (kind: TermKind, name: string) => request<TermRecord>("GET", at(kind, name)),
  createTerm: (body: { kind: TermKind; name: string; values: string[] }) =>
    request<TermRecord>("POST", WORDS, body),
  changeTerm: (kind: TermKind, name: string, body: { version: number; values: string[] }) =>
    request<TermRecord>("PATCH", at(kind, name), body),
  deleteTerm: (kind: TermKind, name: string, version: number) =>
    request<void>("DELETE", at(kind, name), { version }),
  lastAct: () => request<{ act: BulkAct | null }>("GET", UNDO),
  undo: (id: string) => request<{ gone: number; kept: number }>("POST", UNDO, { id }),
};
