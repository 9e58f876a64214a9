/** A form's state: what stood there, what is written, what is wrong with it, and how it is saved. */
import { useRef, useState } from "preact/hooks";
import { toast } from "../../toasts";
import { asRefusal } from "../api";
import type { Problems } from "../model/check";
import { type Change, type Clash, changesOf, type Merges, rebase, same } from "../model/diff";
import { isWord, problemText, refusalText, t } from "../words";
import { letGo, useGuard } from "./guard";

export interface DraftOptions<T extends object> {
  /** As it is stored; for a new record, the empty form. */
  stored: T;
  isNew?: boolean;
  /** In the order of the form. */
  fields: readonly (keyof T & string)[];
  check: (value: T) => Problems<T>;
  /** Brings a value into the form in which it is compared and sent. */
  tidy?: (value: T) => T;
  /** The record as it is stored now, null when it is gone. Left out where nobody else changes it. */
  latest?: () => Promise<T | null>;
  /** How changes of a field by two people go together. */
  merges?: Merges<T>;
  /** Saving says nothing by itself. */
  quiet?: boolean;
  send: (changes: Partial<T>, whole: T) => Promise<T>;
  /** Called with what the hub stored, and what stood there before. */
  saved?: (stored: T, before: T) => void;
}

/** One field, ready to be spread into a field component. */
export interface Bound<V> {
  value: V;
  name: string;
  problem: string | null;
  readOnly: boolean;
  onChange: (value: V) => void;
  onLeave: () => void;
}

export interface Draft<T extends object> {
  value: T;
  isNew: boolean;
  changes: Change<T>[];
  dirty: boolean;
  saving: boolean;
  /** Fields that must be put right before saving, once the reader tried. */
  wrong: number;
  /** What stands in the way of saving and belongs to no field. */
  notice: string | null;
  clashes: Clash<T>[];
  adopted: Change<T>[];
  /** What the hub refused at a place inside a field, like `rings.1`. */
  problemAt: (place: string) => string | null;
  bind: <K extends keyof T & string>(field: K) => Bound<T[K]>;
  set: (change: Partial<T>) => void;
  settle: (field: keyof T & string, take: "mine" | "theirs") => void;
  discard: () => void;
  save: () => Promise<void>;
}

const asIs = <T>(value: T): T => value;

/** Fields that say at the entry itself what is wrong with it. */
const SAID_THERE: ReadonlySet<string> = new Set(["rings"]);

/** See `DraftOptions`. `readOnly`: shows, but lets nobody write. */
export function useDraft<T extends object>(options: DraftOptions<T>, readOnly = false): Draft<T> {
  const { fields, check, tidy = asIs, isNew = false } = options;
  const [stored, setStored] = useState(() => tidy(options.stored));
  const [value, setValue] = useState(stored);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [tried, setTried] = useState(false);
  const [refused, setRefused] = useState<Readonly<Record<string, string>>>({});
  const [notice, setNotice] = useState<string | null>(null);
  const [saving, setSaving] = useState(false);
  const [clashes, setClashes] = useState<Clash<T>[]>([]);
  const [adopted, setAdopted] = useState<Change<T>[]>([]);
  const busy = useRef(false);

  const tidied = tidy(value);
  const changes = changesOf(stored, tidied, fields);
  const problems = check(tidied);
  const dirty = !readOnly && changes.length > 0;
  useGuard(dirty);

  const set = (change: Partial<T>) => {
    setValue((now) => ({ ...now, ...change }));
    setRefused((now) => Object.fromEntries(Object.entries(now).filter(([at]) => !(topOf(at) in change))));
    setNotice(null);
  };
  const problemAt = (place: string): string | null =>
    Object.entries(refused).find(([at]) => at === place || at.startsWith(`${place}.`))?.[1] ?? null;
  const problemOf = (field: keyof T & string): string | null => {
    const said = problemAt(field);
    if (said) return said;
    const problem = problems[field];
    return problem && (tried || left.has(field)) ? problemText(problem) : null;
  };
  const reset = (to: T) => {
    setStored(to);
    setValue(to);
    setLeft(new Set());
    setTried(false);
    setRefused({});
    setNotice(null);
    setClashes([]);
    setAdopted([]);
  };

  /** Looks whether somebody else saved meanwhile. Null: the reader has to look first. */
  const catchUp = async (): Promise<{ from: T; to: T } | null> => {
    if (!options.latest) return { from: stored, to: tidied };
    const found = await options.latest();
    if (!found) {
      setNotice(t("form.gone"));
      return null;
    }
    const latest = tidy(found);
    const rebased = rebase(stored, tidied, latest, fields, options.merges);
    setStored(latest);
    setValue(rebased.merged);
    if (rebased.adopted.length > 0) setAdopted(rebased.adopted);
    if (rebased.clashes.length > 0 || rebased.joined) {
      setClashes(rebased.clashes);
      focusNotice();
      return null;
    }
    return { from: latest, to: rebased.merged };
  };

  const send = async (): Promise<void> => {
    const both = await catchUp();
    if (!both) return;
    const what = changesOf(both.from, both.to, fields);
    if (what.length === 0 && !isNew) {
      reset(both.from);
      return;
    }
    const result = tidy(
      await options.send(
        Object.fromEntries(what.map((one) => [one.field, one.after])) as Partial<T>,
        both.to,
      ),
    );
    reset(result);
    letGo();
    if (!isNew && !options.quiet) toast(t("form.saved"));
    options.saved?.(result, both.from);
  };

  const refuse = (error: unknown) => {
    const { code, field, place } = asRefusal(error);
    if (field && (fields as readonly string[]).includes(field)) {
      const where = SAID_THERE.has(field) ? "" : whereText(place ?? field);
      setRefused({ [place ?? field]: where + refusalText(code) });
      focusWrong();
    } else {
      setNotice(refusalText(code));
      focusNotice();
    }
  };

  const save = async () => {
    if (busy.current || readOnly) return;
    setTried(true);
    if (Object.keys(problems).length > 0) {
      focusWrong();
      return;
    }
    busy.current = true;
    setSaving(true);
    try {
      await send();
    } catch (error) {
      refuse(error);
    } finally {
      busy.current = false;
      setSaving(false);
    }
  };

  return {
    value,
    isNew,
    changes,
    dirty,
    saving,
    wrong: fields.filter((field) => problemOf(field) !== null).length,
    notice,
    clashes,
    adopted,
    problemAt,
    set,
    save,
    discard: () => reset(stored),
    settle: (field, take) => {
      const clash = clashes.find((one) => one.field === field);
      if (clash) set({ [field]: take === "mine" ? clash.mine : clash.theirs } as Partial<T>);
      setClashes((now) => now.filter((one) => one.field !== field));
    },
    bind: (field) => ({
      value: value[field],
      name: field,
      problem: problemOf(field),
      readOnly,
      onChange: (next) => {
        if (!same(next, value[field])) set({ [field]: next } as unknown as Partial<T>);
      },
      onLeave: () => setLeft((now) => (now.has(field) ? now : new Set([...now, field]))),
    }),
  };
}

/** The field in which a place lies; settings of channels are fields of their own. */
function topOf(place: string): string {
  return place.startsWith("settings.") ? place : (place.split(".")[0] ?? place);
}

/** Where inside a field a place lies: its row, its weekday; empty when the field is all there is to say. */
function whereText(place: string): string {
  const [, inside = ""] = /^\w+\.(?:week\.)?(\w+)$/.exec(place) ?? [];
  if (/^\d+$/.test(inside)) return `${t("form.row", { n: Number(inside) + 1 })} `;
  const day = `day.${inside}`;
  return isWord(day) ? `${t(day)}: ` : "";
}

/** After the next paint: the first field at fault gets the focus. */
function focusWrong(): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => document.querySelector<HTMLElement>(".admin [aria-invalid='true']")?.focus()),
  );
}

function focusNotice(): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => document.querySelector<HTMLElement>(".admin .form-notice")?.focus()),
  );
}
