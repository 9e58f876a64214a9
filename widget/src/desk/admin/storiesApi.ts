/** Requests for pinned conversations. */
import { request } from "./api";
import { writeQuery } from "./model/search";
import type { Expected, Story, StoryList } from "./model/stories";

const STORIES = "/api/admin/bot/stories";
const at = (id: string) => `${STORIES}/${encodeURIComponent(id)}`;

interface Written {
  name: string;
  turns: Expected[];
}

export const storiesApi = {
  all: () => request<StoryList>("GET", STORIES),
  draft: (conversation: string) =>
    request<{ conversation: string; number: number; turns: Expected[] }>(
      "GET",
      `/api/admin/bot/story${writeQuery({ conversation })}`,
    ),
  pin: (body: Written & { conversation: string }) => request<Story>("POST", STORIES, body),
  change: (id: string, body: Written & { version: number }) => request<Story>("PATCH", at(id), body),
  remove: (id: string, version: number) => request<void>("DELETE", at(id), { version }),
};
