// Made by `peyk api-docs` from channels/webchat/frames.py. Do not edit.

/** A choice; a customer who presses it sends `Send(button=payload, text=title)`. */
export interface ButtonView {
  title: string
  payload: string
}

/**
 * A file that one may fetch at `url`. `size` in bytes; `width` and `height` in pixels for images.
 *
 * `coming`: it is still being fetched from the provider, and the rest is what that claims. `lost`: it cannot be had.
 */
export interface FileView {
  id: string
  name: string
  content_type: string
  size: number
  url?: string
  width?: number
  height?: number
  state?: "here" | "coming" | "lost"
}

/** One piece of an entry; `type` and what counts with it: see `channels.contract.Part`. */
export interface PartView {
  type: "text" | "buttons" | "button" | "attachment" | "form" | "form_reply" | "location" | "contact" | "mail" | "template"
  text?: string
  buttons?: ButtonView[]
  file?: FileView
  form?: string
  values?: Record<string, string>
}

/** One entry as the customer sees it. `at` in ms since the epoch. `client_id` echoes what the sender chose. */
export interface EntryView {
  seq: number
  at: number
  author: "contact" | "bot" | "agent" | "system"
  parts: PartView[]
  name?: string
  client_id?: string
}

/**
 * What is true of the conversation now.
 *
 * `place` (from 1) and `wait_minutes` (rounded up, absent when unknown) while in line; `agent_name` once somebody
 * answers; `agent_read` and `contact_read` are the highest numbers read by each side; `staffed` is false when nobody
 * is there to answer (the form part in the timeline is then the way to leave a message).
 */
export interface StateView {
  conversation: string
  status: "open" | "waiting" | "resolved"
  owner: "none" | "bot" | "queue" | "offer" | "agent"
  locale: "fa" | "en"
  agent_name?: string
  place?: number
  wait_minutes?: number
  agent_read?: number
  contact_read?: number
  rating?: number
  staffed?: boolean
}

/** Who is there: `form` = "offline" when a form should be shown at once instead of a composer. */
export interface DeskView {
  hours_open: boolean
  agents_online: boolean
  bot: boolean
  form?: string
  wait_minutes?: number
}

/** First frame. `token` is the access token of `POST /chat/{inbox}/session`; `after` resumes `conversation`. */
export interface Hello {
  type: "hello"
  token: string
  conversation?: string | null
  after?: number
  locale?: "fa" | "en" | null
  page?: string | null
}

/**
 * Send a message: `text`, a pressed `button` (payload, with its title in `text`), `files` (ids) or a `form` reply.
 *
 * `client_id` (8-64 characters `[A-Za-z0-9_-]`) makes a retry the same message. `conversation` is what the client
 * shows; None or a resolved one begins a new conversation. Answer: `SendResult`.
 */
export interface Send {
  type: "send"
  id: number
  client_id: string
  conversation?: string | null
  text?: string | null
  button?: string | null
  files?: string[]
  form?: string | null
  values?: Record<string, string>
  sent_at?: number | null
}

/** The customer is typing (at most one every 3 s; expires after 6 s). No answer. */
export interface Typing {
  type: "typing"
  conversation: string
  on?: boolean
}

/** Everything up to `seq` was on a visible, focused screen. No answer. */
export interface Read {
  type: "read"
  conversation: string
  seq: number
}

/** Ask for the page before `seq`. Answer: `Page`. */
export interface Before {
  type: "before"
  id: number
  conversation: string
  seq: number
}

/** Rate a conversation: `score` 1-5, optional `comment`. Answer: an empty `Result`. */
export interface Rate {
  type: "rate"
  id: number
  conversation: string
  score: number
  comment?: string | null
}

/** End the conversation. Answer: an empty `Result`. */
export interface End {
  type: "end"
  id: number
  conversation: string
}

/** Choose the language that the bot and the hub speak. Answer: an empty `Result`. */
export interface SetLocale {
  type: "locale"
  id: number
  locale: "fa" | "en"
}

/** Erase what I wrote. Answer: an empty `Result`, then `Bye("forgotten")`. */
export interface Forget {
  type: "forget"
  id: number
}

/** Heartbeat, every 20 s; answered by `Pong`. Two unanswered mean the line is dead. */
export interface Ping {
  type: "ping"
}

/**
 * Answer to `Hello`: the newest page, or all that is missing after `after`, and what is true now.
 *
 * `start_over` when the client's `after` cannot be resumed (unknown conversation, too far behind): drop what is
 * shown and take this page instead. `state` and `entries` are absent for a visitor without a conversation.
 */
export interface Welcome {
  type: "welcome"
  visitor: string
  now: number
  desk: DeskView
  state?: StateView
  entries?: EntryView[]
  more?: boolean
  start_over?: boolean
}

/** The message is stored: its `seq` and time in `conversation` (a new one, if the client had none). */
export interface SendResult {
  conversation: string
  seq: number
  at: number
}

/** A page of entries, ascending; `more` when there are older ones. */
export interface Page {
  entries: EntryView[]
  more: boolean
}

/** The command with this `id` succeeded. */
export interface Result {
  type: "result"
  id: number
  data?: SendResult | Page
}

/**
 * A command (or, without `id`, a frame) was refused.
 *
 * `code` is stable; `text` may be shown; `retry` says if to retry.
 *
 * Codes: bad_frame, unknown_type, too_large, too_fast, not_found, bad_text, bad_file, bad_form, bad_score, reused_id,
 * unavailable (store is down; retry), unauthorized.
 */
export interface Failure {
  type: "error"
  code: string
  text: string
  id?: number
  retry?: boolean
  retry_after_ms?: number
}

/** A new entry, in order. */
export interface EntryEvent {
  type: "entry"
  conversation: string
  entry: EntryView
}

/** Somebody answers right now; expires after 6 s by itself. */
export interface TypingEvent {
  type: "typing"
  conversation: string
  who: "bot" | "agent"
  on: boolean
  name?: string
}

/** The state changed: place in line, agent, status, read marks. */
export interface StateEvent {
  type: "state"
  state: StateView
}

/** Who is there changed. */
export interface DeskEvent {
  type: "desk"
  desk: DeskView
}

/** You fell behind: connect again with `after` = the last number you have. */
export interface StartOver {
  type: "start_over"
  reason: string
}

/** The server closes. Come back after `retry_after_ms` (add jitter); never, when it is absent. */
export interface Bye {
  type: "bye"
  reason: string
  retry_after_ms?: number
}

/** Answer to `Ping`; `now` is the server's clock in ms. */
export interface Pong {
  type: "pong"
  now: number
}

/** Body of `POST /chat/{inbox}/session`. `refresh` is the token of an earlier session of this browser. */
export interface SessionRequest {
  refresh?: string | null
  locale?: "fa" | "en" | null
}

/**
 * `access` lives 15 min and opens the socket and file routes.
 *
 * `refresh` lives 180 days and is replaced at each use.
 */
export interface Session {
  access: string
  refresh: string
  visitor: string
  expires_at: number
}

export type Command =
  | Hello
  | Send
  | Typing
  | Read
  | Before
  | Rate
  | End
  | SetLocale
  | Forget
  | Ping

export type Event =
  | Welcome
  | Result
  | Failure
  | EntryEvent
  | TypingEvent
  | StateEvent
  | DeskEvent
  | StartOver
  | Bye
  | Pong
