/** Pinned conversations as the hub keeps them (`hub/web/bot_stories.py` is the truth), and how versions did with them. */
import type { Locale } from "../../../wire/desk.types";

/** A message of the customer and what is expected; empty is not looked at. `payload`: a button, pressed instead of words. */
export interface Expected {
  text: string;
  lang: Locale;
  intent: string;
  action: string;
  payload: string;
}

export interface Story {
  id: string;
  name: string;
  turns: Expected[];
  conversation: string;
  by_name: string;
  at: number;
  version: number;
}

export interface StoryList {
  stories: Story[];
  intents: string[];
  actions: string[];
}

export interface StoryRun {
  id: string;
  name: string;
  passed: boolean;
  turns: {
    expected: Expected;
    told: { intent: string; confidence: number; actions: string[] };
    passed: boolean;
  }[];
  error: string;
}

export const MOST_TURNS = 30;

/** What a form asks of a story: a name, and words in every message. */
export function wrongTurns(turns: readonly Expected[]): boolean {
  return turns.length === 0 || turns.some((one) => !one.payload && !one.text.trim());
}

/** Failed ones first, else as they were pinned. */
export function worstFirst(runs: readonly StoryRun[]): StoryRun[] {
  return [...runs].sort((a, b) => Number(a.passed) - Number(b.passed));
}
