/** What was loaded from the hub. A view shows at once what is known and loads it anew. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Role } from "../../wire/desk.types";
import { deskConfig } from "../config";
import { me } from "../desk";
import { type ApiError, api, asRefusal } from "./api";
import { botApi } from "./botApi";
import { flowApi } from "./flowApi";
import { formsApi } from "./formsApi";
import { wordsApi } from "./wordsApi";

/** Something of the hub: null until it was loaded; `error` is why the last load failed. */
export interface Resource<T> {
  data: ReadonlySignal<T | null>;
  error: ReadonlySignal<ApiError | null>;
  load: () => Promise<T | null>;
  set: (value: T) => void;
}

/** What is there to load, whatever it holds. */
export type Loadable = Pick<Resource<unknown>, "error" | "load">;

function resource<T>(fetch_: () => Promise<T>): Resource<T> {
  const data = signal<T | null>(null);
  const error = signal<ApiError | null>(null);
  const load = async (): Promise<T | null> => {
    try {
      data.value = await fetch_();
      error.value = null;
      return data.value;
    } catch (thrown) {
      error.value = asRefusal(thrown);
      return null;
    }
  };
  return {
    data,
    error,
    load,
    set: (value) => {
      data.value = value;
    },
  };
}

export const agents = resource(api.agents);
export const queues = resource(api.queues);
export const inboxes = resource(api.inboxes);
export const flows = resource(flowApi.all);
export const routes = resource(api.routes);
export const dialling = resource(api.dialling);
export const calendars = resource(api.calendars);
export const slas = resource(api.slas);
export const channels = resource(api.channels);
export const canned = resource(api.canned);
export const workplace = resource(api.workplace);
export const profile = resource(api.me);
export const knowledge = resource(botApi.knowledge);
export const botForms = resource(formsApi.forms);
export const lastAct = resource(wordsApi.lastAct);
export const terms = resource(wordsApi.terms);
export const versions = resource(botApi.versions);
export const rollout = resource(botApi.rollout);

/** Puts a saved record into its list. */
export function keep<T extends { id: string }>(list: Resource<T[]>, one: T): void {
  const now = list.data.peek() ?? [];
  const known = now.some((other) => other.id === one.id);
  list.set(known ? now.map((other) => (other.id === one.id ? one : other)) : [...now, one]);
}

/** Takes a deleted record out of its list. */
export function drop<T extends { id: string }>(list: Resource<T[]>, id: string): void {
  list.set((list.data.peek() ?? []).filter((one) => one.id !== id));
}

/** Loads when the view comes up, and again when the connection is back. */
export function useLoad(...all: Loadable[]): void {
  useEffect(() => {
    const load = () => {
      for (const one of all) void one.load();
    };
    load();
    addEventListener("online", load);
    return () => removeEventListener("online", load);
  }, []);
}

/** The reader's role; the socket knows first when it changes. */
export function myRole(): Role {
  return me.value?.role ?? deskConfig().me.role;
}

/** Whether the reader may change what stands in the admin part. */
export function mayChange(): boolean {
  return myRole() === "admin";
}

/** The name of an inbox; its id when it isn't there (any more). */
export function inboxName(id: string): string {
  return inboxes.data.value?.find((one) => one.id === id)?.name ?? id;
}

/** The name of a flow of calls; its id when it isn't known (any more). */
export function flowName(id: string): string {
  return flows.data.value?.find((one) => one.id === id)?.name ?? id;
}

/** The name of business hours; their id when they aren't known (any more). */
export function hoursName(id: string): string {
  return calendars.data.value?.find((one) => one.id === id)?.name ?? id;
}

/** The name of a queue; its id when it isn't known (any more). */
export function queueName(id: string): string {
  return queues.data.value?.find((one) => one.id === id)?.name ?? id;
}
