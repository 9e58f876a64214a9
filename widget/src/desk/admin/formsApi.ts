/** Requests for forms of the studio. */
import { request } from "./api";
import type { BotForm, FormList } from "./model/forms";

const FORMS = "/api/admin/bot/forms";
const at = (name: string) => `${FORMS}/${encodeURIComponent(name)}`;

export const formsApi = {
  forms: () => request<FormList>("GET", FORMS),
  form: (name: string) => request<BotForm>("GET", at(name)),
  createForm: (body: BotForm) => request<BotForm>("POST", FORMS, body),
  changeForm: (body: BotForm) => request<BotForm>("PATCH", at(body.name), body),
  deleteForm: (name: string, version: number) => request<void>("DELETE", at(name), { version }),
};
