/** Everything a key can ask for. */
export type KeyAction =
  | "next"
  | "previous"
  | "open"
  | "back"
  | "search"
  | "reply"
  | "note"
  | "transfer"
  | "snooze"
  | "resolve"
  | "handback"
  | "labels"
  | "take"
  | "card"
  | "newest"
  | "go.inbox"
  | "go.queue"
  | "go.all"
  | "go.snoozed"
  | "go.resolved"
  | "go.team"
  | "go.admin"
  | "go.bot"
  | "presence"
  | "online"
  | "keys"
  | "commands"
  | "call.mute"
  | "call.hold"
  | "call.keypad"
  | "call.hang_up"
  | "accept"
  | "decline";

/** One key: `code` is the place on the keyboard, so that the keys are the same under a Persian layout. */
interface Binding {
  code: string;
  action: KeyAction;
  after?: "KeyG";
  shift?: boolean;
}

const BINDINGS: readonly Binding[] = [
  { code: "KeyJ", action: "next" },
  { code: "KeyK", action: "previous" },
  { code: "ArrowDown", action: "next" },
  { code: "ArrowUp", action: "previous" },
  { code: "Enter", action: "open" },
  { code: "Escape", action: "back" },
  { code: "Slash", action: "search" },
  { code: "Slash", shift: true, action: "keys" },
  { code: "KeyR", action: "reply" },
  { code: "KeyN", action: "note" },
  { code: "KeyT", action: "transfer" },
  { code: "KeyZ", action: "snooze" },
  { code: "KeyE", action: "resolve" },
  { code: "KeyH", action: "handback" },
  { code: "KeyL", action: "labels" },
  { code: "KeyM", action: "take" },
  { code: "KeyC", action: "card" },
  { code: "End", action: "newest" },
  { code: "KeyP", action: "presence" },
  { code: "KeyO", action: "online" },
  { code: "KeyA", action: "accept" },
  { code: "KeyD", action: "decline" },
  { code: "KeyM", shift: true, action: "call.mute" },
  { code: "KeyH", shift: true, action: "call.hold" },
  { code: "KeyK", shift: true, action: "call.keypad" },
  { code: "KeyX", shift: true, action: "call.hang_up" },
  { code: "KeyI", after: "KeyG", action: "go.inbox" },
  { code: "KeyQ", after: "KeyG", action: "go.queue" },
  { code: "KeyA", after: "KeyG", action: "go.all" },
  { code: "KeyZ", after: "KeyG", action: "go.snoozed" },
  { code: "KeyR", after: "KeyG", action: "go.resolved" },
  { code: "KeyS", after: "KeyG", action: "go.team" },
  { code: "KeyD", after: "KeyG", action: "go.admin" },
  { code: "KeyB", after: "KeyG", action: "go.bot" },
];

/** What of a keyboard event is looked at. */
export interface Press {
  code: string;
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** How long the first key of a sequence waits for the second, ms. */
export const SEQUENCE_MS = 1200;

/** Whether `G` was pressed and until when it counts. */
export interface KeyState {
  prefixUntil: number;
}

export const NO_PREFIX: KeyState = { prefixUntil: 0 };

/**
 * What a press means. `writing`: the focus is in a text field, where only the keys that work everywhere do.
 * Returns the next state and the action, if there is one.
 */
export function press(
  state: KeyState,
  event: Press,
  writing: boolean,
  now: number,
): { state: KeyState; action: KeyAction | null } {
  const command = event.ctrlKey || event.metaKey;
  if (command && event.code === "KeyK" && !event.shiftKey) return { state: NO_PREFIX, action: "commands" };
  if (command && event.shiftKey && event.code === "KeyA") return { state: NO_PREFIX, action: "accept" };
  if (writing || command || event.altKey) return { state: NO_PREFIX, action: null };
  if (event.key === "?" || event.key === "؟") return { state: NO_PREFIX, action: "keys" };
  const prefixed = state.prefixUntil > now;
  if (event.code === "KeyG" && !prefixed && !event.shiftKey)
    return { state: { prefixUntil: now + SEQUENCE_MS }, action: null };
  const found = BINDINGS.find(
    (one) =>
      one.code === event.code && Boolean(one.after) === prefixed && (one.shift ?? false) === event.shiftKey,
  );
  return { state: NO_PREFIX, action: found?.action ?? null };
}

/** The keys of an action as they stand on the key caps, for menus and the help page. */
export const CAPS: Readonly<Partial<Record<KeyAction, readonly string[]>>> = {
  next: ["J"],
  previous: ["K"],
  open: ["Enter"],
  back: ["Esc"],
  search: ["/"],
  reply: ["R"],
  note: ["N"],
  transfer: ["T"],
  snooze: ["Z"],
  resolve: ["E"],
  handback: ["H"],
  labels: ["L"],
  take: ["M"],
  card: ["C"],
  newest: ["End"],
  presence: ["P"],
  online: ["O"],
  keys: ["?"],
  commands: ["Ctrl", "K"],
  "call.mute": ["Shift", "M"],
  "call.hold": ["Shift", "H"],
  "call.keypad": ["Shift", "K"],
  "call.hang_up": ["Shift", "X"],
  accept: ["A"],
  decline: ["D"],
  "go.inbox": ["G", "I"],
  "go.queue": ["G", "Q"],
  "go.all": ["G", "A"],
  "go.snoozed": ["G", "Z"],
  "go.resolved": ["G", "R"],
  "go.team": ["G", "S"],
  "go.admin": ["G", "D"],
  "go.bot": ["G", "B"],
};
