// Made by `peyk api-docs` from hub/desk/frames.py. Do not edit.

export type Locale = "fa" | "en"

export type OwnerKind = "none" | "bot" | "queue" | "offer" | "agent"

export type StatusCategory = "open" | "waiting" | "resolved"

export type Role = "agent" | "supervisor" | "bot_admin" | "admin"

export type AddressKind = "email" | "phone"

export type CallName = "live" | "ringing" | "joined" | "held" | "consult" | "conference" | "callback" | "message" | "over"

export type AgentControl = "hold" | "resume" | "mute" | "unmute" | "hang_up" | "send_on" | "consult" | "conference" | "complete" | "back" | "record" | "record_pause" | "record_resume" | "call_again"

export type Tab = "mine" | "queue" | "all" | "snoozed" | "resolved"

export type ActedWhat = "moved" | "taken_over" | "given_on" | "assigned" | "status" | "signed_out"

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

/** What the bot understood of the customer's words. `confidence` 0-1. */
export interface UnderstoodView {
  intent: string
  confidence: number
  runner_up?: string
  runner_up_confidence?: number
  entities?: Record<string, string>
  slots?: Record<string, string>
}

/**
 * What happened, for entries of kind `event`.
 *
 * `type`: opened, overflowed, waited_out, moved, prioritised, sla, handoff, offered, accepted, declined, expired,
 * withdrawn, taken, assigned, returned, transferred, to_bot, snoozed, woke, wrapped, extended, resolved, reopened,
 * customer_ended, rated, erased, ticket, bot_turn, locale, call. `agent`/`to_agent`/ `queue` are names to show,
 * `reason` is a code that the screens translate (accepted: `auto` where nobody had to answer), `until` in ms,
 * `priority` from -10 to 10. `route`: why this queue (`rule:<name>`; `not_taken`: the one that was meant takes no such
 * conversations). call: `reason` is what happened, `values` say more.
 */
export interface EventView {
  type: string
  agent?: string
  to_agent?: string
  queue?: string
  reason?: string
  summary?: string
  note?: string
  disposition?: string
  until?: number
  priority?: number
  score?: number
  ticket?: string
  route?: string
  values?: Record<string, string>
}

/**
 * One entry of a timeline.
 *
 * `delivery` (agents' and bot's messages): queued, sent, delivered, read, failed, uncertain (the provider may have
 * taken it: somebody decides, `RetryDelivery` or `SettleDelivery`). `delivery_code` is one that the screens have
 * words for, `delivery_reason` the provider's own words, `delivery_due` when a queued one is tried again. `edits`: the
 * number of the message that this one replaces. `matched`: why a mail was put into this conversation.
 */
export interface EntryView {
  seq: number
  at: number
  author: "contact" | "bot" | "agent" | "system"
  kind: "message" | "note" | "event"
  author_id?: string
  name?: string
  parts?: PartView[]
  event?: EventView
  understood?: UnderstoodView
  client_id?: string
  delivery?: string
  delivery_reason?: string
  delivery_code?: string
  delivery_due?: number
  edits?: number
  matched?: string
}

/** Who holds the conversation; `fence` grows at each change of hands. */
export interface OwnerView {
  kind: OwnerKind
  fence: number
  agent?: string
  agent_name?: string
  queue?: string
  queue_name?: string
  offer_until?: number
}

/** The promise that is due first: `due` and `warn` (since when it is urgent) in ms; absent while it stands still. */
export interface SlaView {
  promise: "first_response" | "next_response" | "resolution" | "offer_acceptance" | "callback"
  due?: number
  warn?: number
}

/**
 * A row of the list. A newer one (higher `last_seq`, or same and later) replaces an older one.
 *
 * `waiting_since`: since when the customer waits for an answer from us. `unread`: customer messages after
 * `agent_read`. `reply_until`: until when free words may be sent, then only templates; absent where that never ends.
 * `callback`: the customer left this number and waits to be called. `wrap_up_until`: the talk is over, and its agent
 * may write down how it ended until then (`wrap_up_extended`: not longer again). `call`: how a telephone call stands;
 * ringing: the phone of who accepted it; consult: they ask `third`; conference: all hear each other. `tape`: what is
 * said can be recorded (off), is (on), or that pauses (paused); absent where it never is.
 */
export interface Summary {
  id: string
  number: number
  channel: string
  inbox: string
  contact: string
  contact_name: string
  status: StatusCategory
  owner: OwnerView
  locale: Locale
  last_seq: number
  last_at: number
  created_at: number
  last_text?: string
  last_author?: string
  priority?: number
  labels?: string[]
  unread?: number
  waiting_since?: number
  queued_at?: number
  snoozed_until?: number
  agent_read?: number
  contact_read?: number
  disposition?: string
  rating?: number
  ended_by_customer?: boolean
  call?: CallName
  reply_until?: number
  sla?: SlaView
  callback?: string
  wrap_up_until?: number
  wrap_up_extended?: boolean
  tape?: "off" | "on" | "paused"
  third?: string
}

/** An address of a contact; `verified` false means claimed. */
export interface IdentityView {
  channel: string
  address: string
  verified: boolean
}

/** A contact that an agent merged into this person. `merge` undoes it; `by` is the agent's name. */
export interface MemberView {
  merge: string
  contact: string
  name: string
  into: string
  at: number
  reason: string
  by?: string
  identities?: IdentityView[]
}

/** An address that two persons have in common; not `verified`: at least one of them only claims it. */
export interface SharedView {
  kind: AddressKind
  value: string
  verified: boolean
}

/** Both sides have verified addresses of this kind, and none in common. */
export interface ClashView {
  kind: AddressKind
  ours: string[]
  theirs: string[]
}

/** Somebody who may be the same person: why, and what speaks against it. */
export interface SameView {
  contact: string
  name: string
  created_at: number
  shared: SharedView[]
  clashes?: ClashView[]
  identities?: IdentityView[]
}

/** One earlier conversation of the contact. */
export interface EarlierView {
  id: string
  number: number
  created_at: number
  status: StatusCategory
  last_text?: string
  disposition?: string
  rating?: number
}

/**
 * The customer card: one person, also where agents merged several contacts into it.
 *
 * `id` is the conversation's own contact; `owner`: the agent who looks after the person; `identities`,
 * `attributes` and `earlier` are those of all `members`. `same`: who else this may be, found by mail address or
 * phone number; never merged by itself.
 */
export interface ContactView {
  id: string
  name: string
  locale: Locale
  created_at: number
  owner?: string
  identities?: IdentityView[]
  attributes?: Record<string, string>
  earlier?: EarlierView[]
  members?: MemberView[]
  same?: SameView[]
}

/**
 * An offer to me. `until` is when it expires; `seconds` is its whole length, for the ring.
 *
 * `reason`: why the conversation needs a person; `why`: why it came to me, as a code of the screens.
 */
export interface OfferView {
  id: string
  conversation: Summary
  reason: string
  summary: string
  until: number
  seconds: number
  waited_ms: number
  why?: string
  note?: string
  from_agent?: string
}

/**
 * A colleague (or me).
 *
 * `status`: online, offline, not_responding, break:<reason>, finishing. `connected` = has a live socket. `load` and
 * `capacity` in units; `channels`: how many conversations of each, `most`: how many there is room for in all.
 * `browser_phone`: calls ring in their desk.
 */
export interface AgentView {
  id: string
  name: string
  role: Role
  status: string
  connected: boolean
  load?: number
  capacity?: number
  status_since?: number
  channels?: Record<string, number>
  most?: Record<string, number>
  languages?: string[]
  browser_phone?: boolean
}

/**
 * A queue now. `oldest_at`: since when its first one waits.
 *
 * Today, since midnight: `answered`, `in_time` of those, `abandoned`, `short` of those (who left at once), `flow_out`.
 * The service level is `in_time / (answered + abandoned - short)`; `target_percent` within `target_seconds` is wanted.
 * `pick`: agents may take out of it by hand; supervisors always may. `wrap_up`: what follows its conversations (fixed:
 * a time that cannot be cut short). `disposition_required`: none is closed without one.
 */
export interface QueueView {
  id: string
  name: string
  waiting: number
  online: number
  oldest_at?: number
  answered?: number
  in_time?: number
  abandoned?: number
  short?: number
  flow_out?: number
  target_percent?: number
  target_seconds?: number
  pick?: boolean
  wrap_up?: "none" | "fixed" | "until_done"
  disposition_required?: boolean
}

/**
 * A canned reply.
 *
 * Typed as `/shortcut`. Variables: {{contact.name}}, {{agent.name}}, {{conversation.number}}, {{today}}.
 */
export interface CannedView {
  id: string
  shortcut: string
  locale: Locale
  text: string
}

/** A prepared message that may be sent when free words may not. `blanks` name what is filled into its `text`. */
export interface TemplateView {
  name: string
  language: string
  text: string
  blanks: string[]
}

/**
 * What a channel carries. `max_text` in `text_unit`s: longer texts go out in pieces. `max_attachment` in bytes.
 *
 * `buttons`: how many stand under a message. `live`: somebody waits at the other end. `receipts`: one learns whether
 * a message was delivered or read. `calls`: agents speak there, and do not write. `window_seconds`: so long after the
 * customer's words one may answer freely.
 */
export interface ChannelView {
  max_text: number
  text_unit?: "characters" | "utf16" | "utf8"
  attachments?: boolean
  max_attachment?: number
  buttons?: number
  templates?: boolean
  receipts?: boolean
  live?: boolean
  calls?: boolean
  window_seconds?: number
}

/** An inbox: where conversations come from. */
export interface InboxView {
  name: string
  channel: string
  templates: TemplateView[]
}

/** What the screens need to know of the workplace. */
export interface DeskSettings {
  break_reasons: string[]
  dispositions: string[]
  snooze_max_days: number
  grace_seconds: number
  max_text: number
  max_file: number
}

/**
 * Give a conversation to an agent, or take it over (`agent` is me), whoever has it: bot, queue, colleague.
 *
 * `fence`: what I saw; refused with `too_late` when it changed hands since.
 */
export interface Assign {
  type: "assign"
  id: number
  conversation: string
  agent: string
  fence?: number | null
}

/** Set a colleague's status, with a break's `reason`; `online` also ends "not responding". */
export interface ForceStatus {
  type: "agent.status"
  id: number
  agent: string
  status: "online" | "offline" | "finishing" | "break"
  reason?: string | null
}

/**
 * Put waiting conversations into another queue, at most 100 at once; they keep their places. Answer: `Acted`.
 *
 * Each may be refused apart: `too_late` (somebody has it by now), `resolved`, `queue_takes_none` (not its
 * channel or language), `same_queue`.
 */
export interface Move {
  type: "move"
  id: number
  conversations: string[]
  queue: string
}

/** Say how urgent waiting conversations are, from -10 to 10, at most 100 at once. Answer: `Acted`. */
export interface Prioritise {
  type: "prioritise"
  id: number
  conversations: string[]
  priority: number
}

/** Set a colleague offline and end all their sessions. */
export interface SignOut {
  type: "agent.sign_out"
  id: number
  agent: string
}

/** Show me the wallboard and what changes on it, or (`on` false) no longer. Answer: `Board`, or nothing. */
export interface WatchBoard {
  type: "board.watch"
  id: number
  on?: boolean
}

/**
 * Hear a colleague's live call over my telephone (which rings), be heard by the agent alone, by both, or leave.
 *
 * Refused with `not_live`, `no_phone`, `not_allowed` (my own call), `taken` (another supervisor is in it) or
 * `phone_failed`.
 */
export interface WatchCall {
  type: "call.watch"
  id: number
  conversation: string
  watch: "listen" | "whisper" | "barge" | "leave"
}

/** First frame: a one-time ticket, valid 30 s. */
export interface Auth {
  type: "auth"
  ticket: string
}

/** Choose my status: online, offline, finishing (no new work), or break with a `reason` of the settings. */
export interface SetStatus {
  type: "status.set"
  id: number
  status: "online" | "offline" | "finishing" | "break"
  reason?: string | null
}

/**
 * Take what is offered to me.
 *
 * Refused with `too_late` when it went on. Answer: an empty Result; a `SummaryEvent` follows.
 */
export interface AcceptOffer {
  type: "offer.accept"
  id: number
  offer: string
}

/** Pass; the customer keeps the place in line. */
export interface DeclineOffer {
  type: "offer.decline"
  id: number
  offer: string
}

/** A page of a tab, newest activity first (queue: next first). Answer: `ListPage`. */
export interface ListConversations {
  type: "list"
  id: number
  tab: Tab
  cursor?: string | null
  limit?: number
}

/** Show a conversation and follow it. With `after` only newer entries come (or `start_over`). Answer: `Opened`. */
export interface OpenConversation {
  type: "open"
  id: number
  conversation: string
  after?: number | null
}

/** Stop following. */
export interface CloseConversation {
  type: "close"
  id: number
  conversation: string
}

/** The page before `before`. Answer: `HistoryPage`. */
export interface History {
  type: "history"
  id: number
  conversation: string
  before: number
}

/** A template of the conversation's inbox and what fills its `blanks`, in their order. */
export interface TemplateChoice {
  name: string
  language: string
  values: string[]
}

/**
 * Answer the customer. Only the owner may. `client_id` makes a retry the same reply. Answer: `Stored`.
 *
 * A `template` stands alone, without `text` and `files`. Refused with `window_closed` where only a template may be
 * sent now, with `no_files` or `too_large` where the channel does not carry the files.
 */
export interface Reply {
  type: "reply"
  id: number
  conversation: string
  client_id: string
  text?: string | null
  files?: string[]
  template?: TemplateChoice | null
}

/** Send a message again that failed or is uncertain. Answer: an empty Result; a `DeliveryEvent` follows. */
export interface RetryDelivery {
  type: "delivery.retry"
  id: number
  conversation: string
  seq: number
}

/** Fetch an attachment again that was lost. Answer: an empty Result; an `EntryChanged` follows. */
export interface RetryFile {
  type: "file.retry"
  id: number
  conversation: string
  file: string
}

/** An uncertain message has arrived, as somebody knows. Answer: an empty Result; a `DeliveryEvent` follows. */
export interface SettleDelivery {
  type: "delivery.settle"
  id: number
  conversation: string
  seq: number
}

/** Write a private note. Answer: `Stored`. */
export interface Note {
  type: "note"
  id: number
  conversation: string
  client_id: string
  text: string
  mentions?: string[]
}

/** I am typing to the customer. No answer. */
export interface Typing {
  type: "typing"
  conversation: string
  on?: boolean
}

/** Everything up to `seq` was on my visible screen. No answer. */
export interface Read {
  type: "read"
  conversation: string
  seq: number
}

/** Give my conversation back to the bot or to its queue, with an optional note. */
export interface HandBack {
  type: "handback"
  id: number
  conversation: string
  to: "bot" | "queue"
  note?: string | null
}

/**
 * Give my conversation to a colleague (offered to them.
 *
 * Falls to the queue if they don't take it) or to another queue.
 */
export interface Transfer {
  type: "transfer"
  id: number
  conversation: string
  agent?: string | null
  queue?: string | null
  note?: string | null
}

/** Pick a waiting (or bot-held) conversation by hand. */
export interface Take {
  type: "take"
  id: number
  conversation: string
}

/**
 * Do something with my live call.
 *
 * `send_on`: pass the caller on to a number (`to`, as people write it). `consult`: the caller waits while I speak with
 * a colleague (`to` is their id) or somebody at a number; then `conference` lets all three hear each other, `complete`
 * leaves the caller to them, `back` lets them go. `call_again`: a customer who was to be called back and was not
 * reached is called once more.
 * Refused with `not_live`, `not_allowed`, `phone_failed`, `agent_unavailable`; `bad_number`, `dial_refused` or
 * `dial_not_now`. `record`: record from now on, where the line lets me; `record_pause`, `record_resume`: be silent in
 * the recording, while a card number is said.
 */
export interface ControlCall {
  type: "call"
  id: number
  conversation: string
  control: AgentControl
  to?: string
}

/** This browser is my telephone and rings, or does so no more. While none of mine does, I am offered no calls. */
export interface PhoneReady {
  type: "phone.ready"
  id: number
  ready: boolean
}

/**
 * Make this browser my telephone, or keep it so (`was`: its login). Answered with `PhoneKey`.
 *
 * Refused with `not_allowed` (mine is another one), `no_browser_phone` (no number is set up for it), `elsewhere`
 * (another browser is it meanwhile) or `phone_failed`.
 */
export interface BecomePhone {
  type: "phone"
  id: number
  was?: string
}

/** Put my conversation aside until a time (ms); the customer's next message wakes it. `seen`: see `Resolve`. */
export interface Snooze {
  type: "snooze"
  id: number
  conversation: string
  until: number
  seen?: number | null
}

/**
 * Close, with a disposition of the settings; refused with `disposition_required` where the queue wants one.
 *
 * `seen`: the last number that this desk knows of (`Summary.last_seq`). Refused with `customer_wrote` when the
 * customer has written since: nobody closes upon words that they have not seen.
 *
 * Where the queue has a wrap-up, this begins it (see `Summary.wrap_up_until`), and once more ends it; a fixed one only
 * notes the disposition, and ends by itself.
 */
export interface Resolve {
  type: "resolve"
  id: number
  conversation: string
  disposition?: string | null
  note?: string | null
  seen?: number | null
}

/** As much time again to wrap up; once (`already_extended`), and not when it is over (`too_late`). */
export interface ExtendWrapUp {
  type: "wrap_up.extend"
  id: number
  conversation: string
}

/** Open a resolved conversation again, as mine. */
export interface Reopen {
  type: "reopen"
  id: number
  conversation: string
}

/** End the snooze of my conversation now. */
export interface Wake {
  type: "wake"
  id: number
  conversation: string
}

/** Keep my unfinished text on the server (empty text removes it). */
export interface SaveDraft {
  type: "draft"
  id: number
  conversation: string
  text: string
  note?: boolean
}

/** Replace the labels of a conversation. */
export interface SetLabels {
  type: "labels"
  id: number
  conversation: string
  labels: string[]
}

/** The customer card of a conversation as it is now. Answer: `ContactView`. */
export interface ShowContact {
  type: "contact"
  id: number
  conversation: string
}

/**
 * Say that two contacts are one person; `reason` is kept. Nothing is rewritten: `UndoMerge` takes it back.
 *
 * Refused with `conflicting` where both have verified addresses of one kind that differ, unless `despite_conflict`;
 * with `already_merged` where they are one person already. Answer: `Merged`; who looks on gets a `ContactEvent`.
 */
export interface MergeContacts {
  type: "contact.merge"
  id: number
  into: string
  from: string
  reason: string
  despite_conflict?: boolean
}

/** Take a merge back, whenever that is; twice is once. Answer: an empty Result; see `ContactEvent`. */
export interface UndoMerge {
  type: "contact.undo"
  id: number
  merge: string
}

/**
 * Say which agent looks after a person (null: nobody in particular), and is asked first where a line has that.
 *
 * Refused with `no_such_agent`. Answer: an empty Result; see `ContactEvent`.
 */
export interface SetOwner {
  type: "contact.owner"
  id: number
  contact: string
  agent: string | null
}

/** Heartbeat every 15 s; answered by `Pong`. An agent without one for 35 s counts as gone. */
export interface Ping {
  type: "ping"
}

/**
 * A conversation that an agent has or is offered. `parked`: put aside; `wrap_up`: the customer has ended it.
 *
 * `watched_by`: the supervisor who is in the call, and `watch`: how; absent while none is.
 */
export interface HeldView {
  conversation: string
  number: number
  channel: string
  contact_name: string
  state: "offered" | "active" | "parked" | "wrap_up"
  fence: number
  watched_by?: string
  watch?: "" | "listen" | "whisper" | "barge"
}

/**
 * An agent now.
 *
 * `since`: when the present status began, or when the connection was lost. `load` and `capacity` in units;
 * `channels`: how many conversations of each. `misses`: offers missed in a row. `active_at`: when they last wrote or
 * did anything to a conversation, absent while that is not known.
 */
export interface AgentBoard {
  id: string
  name: string
  role: "agent" | "supervisor" | "admin"
  status: string
  connected: boolean
  since: number
  load?: number
  capacity?: number
  channels?: Record<string, number>
  held?: HeldView[]
  misses?: number
  active_at?: number
}

/**
 * A queue now, and since midnight.
 *
 * `channels`: how many wait, by channel, with those being `offered` at the moment. `oldest_at`: since when the first
 * one waits. `working`: agents who take its work, `free`: those of them with room for a chat. Today: `answered`,
 * `in_time` of them; `abandoned`, `short` of them; `flow_out`: to another line, the bot, a callback, or closed by us.
 * Service level = in_time / (answered + abandoned - short), against `target_percent` within `target_seconds`.
 */
export interface QueueBoard {
  id: string
  name: string
  target_percent: number
  target_seconds: number
  waiting?: number
  channels?: Record<string, number>
  offered?: number
  oldest_at?: number
  working?: number
  free?: number
  answered?: number
  in_time?: number
  abandoned?: number
  short?: number
  flow_out?: number
}

/** With how many conversations it was done; which were `refused`, each with a code. */
export interface Acted {
  done: number
  refused?: Record<string, string>
}

/** The whole wallboard. `day_from`: the midnight since which is counted. */
export interface Board {
  now: number
  day_from: number
  queues: QueueBoard[]
  agents: AgentBoard[]
}

/** ActedWhat changed on the wallboard, at most once a second: whole rows, and ids that are `gone`. */
export interface BoardEvent {
  type: "board"
  day_from: number
  queues?: QueueBoard[]
  agents?: AgentBoard[]
  gone?: string[]
}

/**
 * A supervisor did something to my work.
 *
 * `what`: moved (what I was offered, to the queue `to`), taken_over, given_on (to the colleague `to`), assigned (to
 * me), status (mine is `to` now), signed_out.
 */
export interface ActedEvent {
  type: "acted"
  what: ActedWhat
  by: string
  conversation?: string
  number?: number
  to?: string
}

/** Rows of a tab; `cursor` for the next page, absent at the end. `total` counts the whole tab (at most 1,000). */
export interface ListPage {
  rows: Summary[]
  total: number
  cursor?: string
}

/** My unfinished text. */
export interface Draft {
  text: string
  note: boolean
}

/** A conversation on the screen: newest page or all after `after`. `start_over`: drop what is shown. */
export interface Opened {
  conversation: Summary
  contact: ContactView
  entries: EntryView[]
  more?: boolean
  start_over?: boolean
  draft?: Draft
  viewers?: string[]
}

/** Older entries, ascending. */
export interface HistoryPage {
  entries: EntryView[]
  more: boolean
}

/** The reply or note is stored. */
export interface Stored {
  seq: number
  at: number
}

/** Two contacts are one person now; `merge` undoes it. */
export interface Merged {
  merge: string
}

/** With what this browser registers over SIP: `url` (wss), user `name`, `login` and `password`; for `seconds`. */
export interface PhoneKey {
  url: string
  name: string
  login: string
  password: string
  seconds: number
}

/** The command with this `id` succeeded. */
export interface Result {
  type: "result"
  id: number
  data?: ListPage | Opened | HistoryPage | Stored | ContactView | Merged | PhoneKey | Board | Acted
}

/**
 * A command was refused. `code` is stable and translated by the screens; `text` is English for logs and developers.
 *
 * Codes: bad_frame, unknown_type, too_large, too_fast, not_found, not_yours, reused_id, too_late, taken, resolved,
 * bad_text, bad_file, bad_time, bad_disposition, bad_reason, no_such_agent, no_such_queue, agent_unavailable,
 * already_merged, conflicting, window_closed, no_files, bad_template, pick_not_allowed, disposition_required,
 * already_extended, customer_wrote, unavailable, unauthorized, forbidden.
 */
export interface Failure {
  type: "error"
  code: string
  text: string
  id?: number
  retry?: boolean
}

/** Whether the bot answers. `detail`: ok, off, starting, training, down. */
export interface BotView {
  available: boolean
  detail: string
}

/** Answer to `Auth`: everything the desk needs to paint its first screen. */
export interface Ready {
  type: "ready"
  now: number
  me: AgentView
  agents: AgentView[]
  queues: QueueView[]
  offers: OfferView[]
  mine: Summary[]
  canned: CannedView[]
  settings: DeskSettings
  bot: BotView
  channels: Record<string, ChannelView>
  inboxes: Record<string, InboxView>
}

/** A new entry of a conversation that I follow or own, in order. */
export interface EntryEvent {
  type: "entry"
  conversation: string
  entry: EntryView
}

/** An entry that I may have is another than before: its attachment has come, or is lost. Its number stays. */
export interface EntryChanged {
  type: "entry.changed"
  conversation: string
  entry: EntryView
}

/** A conversation's row changed (coalesced, at most four a second per conversation). */
export interface SummaryEvent {
  type: "summary"
  conversation: Summary
}

/** I am offered a conversation. */
export interface OfferEvent {
  type: "offer"
  offer: OfferView
}

/** An offer to me ended: accepted (perhaps in my other tab), declined, expired, withdrawn, resolved. */
export interface OfferGone {
  type: "offer.gone"
  offer: string
  reason: string
}

/** A conversation is mine without my answer, as its queue says: make it heard. */
export interface AssignedEvent {
  type: "assigned"
  conversation: Summary
}

/** Somebody's status or load changed (me included). */
export interface AgentEvent {
  type: "agent"
  agent: AgentView
}

/** For supervisors: a colleague missed so many offers in a row. */
export interface OffersMissedEvent {
  type: "offers.missed"
  agent: string
  count: number
}

/** Queue figures changed (coalesced, at most once a second). */
export interface QueuesEvent {
  type: "queues"
  queues: QueueView[]
}

/** The customer (or a colleague, with `name`) is typing; expires after 6 s. */
export interface TypingEvent {
  type: "typing"
  conversation: string
  who: "contact" | "agent"
  on: boolean
  name?: string
}

/** Delivery state of one of our messages, or of all up to `seq` when `up_to`. See `EntryView`. */
export interface DeliveryEvent {
  type: "delivery"
  conversation: string
  seq: number
  state: string
  up_to?: boolean
  reason?: string
  code?: string
  due?: number
}

/** Who the customer of a conversation is, changed: ask with `ShowContact`. */
export interface ContactEvent {
  type: "contact"
  conversation: string
}

/** A colleague mentioned me in a note. */
export interface MentionEvent {
  type: "mention"
  conversation: string
  number: number
  by: string
}

/** The bot came or went. */
export interface BotEvent {
  type: "bot"
  bot: BotView
}

/** The inboxes changed. */
export interface InboxesEvent {
  type: "inboxes"
  inboxes: Record<string, InboxView>
}

/** The canned replies changed. */
export interface CannedEvent {
  type: "canned"
  canned: CannedView[]
}

/** You fell behind: connect again, take the snapshot, reopen with `after`. */
export interface StartOver {
  type: "start_over"
  reason: string
}

/** The server closes. `retry_after_ms` absent: sign in again. */
export interface Bye {
  type: "bye"
  reason: string
  retry_after_ms?: number
}

/** Answer to `Ping`. */
export interface Pong {
  type: "pong"
  now: number
}

export type Command =
  | Auth
  | SetStatus
  | AcceptOffer
  | DeclineOffer
  | ListConversations
  | OpenConversation
  | CloseConversation
  | History
  | Reply
  | RetryDelivery
  | SettleDelivery
  | RetryFile
  | Note
  | Typing
  | Read
  | HandBack
  | Transfer
  | Take
  | Snooze
  | ControlCall
  | BecomePhone
  | PhoneReady
  | Wake
  | Resolve
  | ExtendWrapUp
  | Reopen
  | SaveDraft
  | SetLabels
  | ShowContact
  | MergeContacts
  | UndoMerge
  | SetOwner
  | WatchBoard
  | Move
  | Prioritise
  | Assign
  | ForceStatus
  | SignOut
  | WatchCall
  | Ping

export type Event =
  | Ready
  | Result
  | Failure
  | EntryEvent
  | EntryChanged
  | SummaryEvent
  | OfferEvent
  | OfferGone
  | AssignedEvent
  | AgentEvent
  | QueuesEvent
  | OffersMissedEvent
  | BoardEvent
  | ActedEvent
  | TypingEvent
  | DeliveryEvent
  | ContactEvent
  | MentionEvent
  | BotEvent
  | CannedEvent
  | InboxesEvent
  | StartOver
  | Bye
  | Pong
