/** Requests for the bot's figures. */
import { request } from "./api";
import type { BotFigures, Stay } from "./model/figures";
import { writeQuery } from "./model/search";

const BOT = "/api/admin/bot";

export const figuresApi = {
  figures: (filters: Record<string, string>) =>
    request<BotFigures>("GET", `${BOT}/figures${writeQuery(filters)}`),
  stays: (filters: Record<string, string>) =>
    request<{ stays: Stay[]; before: string }>("GET", `${BOT}/stays${writeQuery(filters)}`),
};
