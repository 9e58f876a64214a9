/**
 * One live line to the hub, for the chat and the desk alike. It knows nothing of screens or of what frames mean, only:
 * a first frame opens the line, a certain event says that it is open, commands with an `id` are answered by one
 * `result` or `error`, `ping` is answered by `pong`, `bye` and `start_over` end the line.
 *
 * It comes back by itself: full-jitter back-off, at once when the network or the page returns, and never after a
 * `bye` without `retry_after_ms`.
 */
import { backoff } from "./backoff";

export interface Frame {
  type: string;
}

/** A command that is answered. */
export interface Asking extends Frame {
  id: number;
}

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** The commands of `C` that carry an id, without it: the line chooses it. */
export type Ask<C extends Frame> = Without<Extract<C, Asking>, "id">;
/** The commands of `C` that are not answered. */
export type Tell<C extends Frame> = Exclude<C, Asking>;

export type LineStatus =
  | { kind: "idle" }
  | { kind: "connecting"; attempt: number }
  | { kind: "live" }
  | { kind: "waiting"; attempt: number; until: number }
  | { kind: "ended"; reason: string };

/** A command was refused, or never answered (`code` is then "cut" or "timeout"; both may be tried again). */
export class Refused extends Error {
  constructor(
    readonly code: string,
    text: string,
    readonly retry: boolean,
    readonly retryAfter = 0,
  ) {
    super(text);
    this.name = "Refused";
  }
}

export interface LineOptions<C extends Frame, E extends Frame> {
  /** Address of the socket (ws: or wss:, or a path of this origin). */
  url: string;
  /** Makes the first frame, at each connection anew (fetch a token or ticket here). Throwing counts as a failed try. */
  first: () => C | Promise<C>;
  /** The type of the event that answers the first frame, e.g. "welcome" or "ready". */
  opening: E["type"];
  /** Every event but results, pongs and errors with an id. Called in order; `opening` comes before `live`. */
  onEvent: (event: E) => void;
  onStatus?: (status: LineStatus) => void;
  pingMs?: number;
  answerMs?: number;
}

interface Waiting {
  resolve: (data: unknown) => void;
  reject: (error: Refused) => void;
  timer: ReturnType<typeof setTimeout>;
}

const HANDSHAKE_MS = 15_000;
const PROBE_MS = 4_000;
/** A line that lived this long starts its back-off from the beginning. */
const STEADY_MS = 10_000;

export class Line<C extends Frame, E extends Frame> {
  status: LineStatus = { kind: "idle" };
  private socket: WebSocket | null = null;
  private readonly answers = new Map<number, Waiting>();
  private nextId = 1;
  private attempt = 0;
  private generation = 0;
  private unanswered = 0;
  private liveSince = 0;
  private heard = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private pingTimer: ReturnType<typeof setInterval> | undefined;
  private handshakeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: LineOptions<C, E>) {}

  get live(): boolean {
    return this.status.kind === "live";
  }

  /** Connects and stays connected until `stop`. Calling it again connects at once if it was waiting or had ended. */
  start(): void {
    if (this.status.kind === "idle" || this.status.kind === "ended") {
      addEventListener("online", this.wake);
      addEventListener("offline", this.probe);
      addEventListener("pageshow", this.wake);
      document.addEventListener("visibilitychange", this.wake);
      this.attempt = 0;
      void this.connect();
    } else {
      this.wake();
    }
  }

  /** Hangs up for good. Open questions are refused with "cut". */
  stop(reason = "stopped"): void {
    removeEventListener("online", this.wake);
    removeEventListener("offline", this.probe);
    removeEventListener("pageshow", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    this.drop();
    this.become({ kind: "ended", reason });
  }

  /** Hangs up and connects anew at once, e.g. with another token. */
  restart(): void {
    if (this.status.kind === "idle" || this.status.kind === "ended") return this.start();
    this.drop();
    void this.connect();
  }

  /** Sends a command that is not answered; silently nothing when the line is not live. */
  tell(frame: Tell<C>): void {
    if (this.live) this.write(frame as unknown as C);
  }

  /** Sends a command and gives its answer's `data`. Rejects with `Refused`. */
  ask<T = void>(frame: Ask<C>): Promise<T> {
    if (!this.live) return Promise.reject(new Refused("cut", "not connected", true));
    const id = this.nextId++;
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.answers.delete(id);
        this.probe();
        reject(new Refused("timeout", "no answer in time", true));
      }, this.options.answerMs ?? 15_000);
      this.answers.set(id, { resolve: resolve as (data: unknown) => void, reject, timer });
      this.write({ ...frame, id } as unknown as C);
    });
  }

  private async connect(): Promise<void> {
    const generation = ++this.generation;
    clearTimeout(this.retryTimer);
    this.become({ kind: "connecting", attempt: this.attempt });
    let first: C;
    try {
      first = await this.options.first();
    } catch {
      if (generation === this.generation) this.later();
      return;
    }
    if (generation !== this.generation) return;
    const socket = new WebSocket(new URL(this.options.url, location.href.replace(/^http/, "ws")));
    this.socket = socket;
    this.handshakeTimer = setTimeout(() => this.lost(generation), HANDSHAKE_MS);
    socket.onopen = () => socket.send(JSON.stringify(first));
    socket.onmessage = (message) => {
      if (generation === this.generation) this.receive(String(message.data), generation);
    };
    socket.onclose = () => this.lost(generation);
    socket.onerror = () => this.lost(generation);
  }

  private receive(text: string, generation: number): void {
    this.heard = Date.now();
    this.unanswered = 0;
    let event: E;
    try {
      event = JSON.parse(text) as E;
    } catch {
      return this.lost(generation);
    }
    const answer = event as unknown as { id?: number; data?: unknown };
    if (event.type === "pong") return;
    if (event.type === "result" || (event.type === "error" && answer.id !== undefined))
      return this.answer(event);
    if (event.type === this.options.opening) this.opened();
    this.options.onEvent(event);
    if (event.type === this.options.opening) this.become({ kind: "live" });
    if (event.type === "bye") this.bye(event as unknown as { reason: string; retry_after_ms?: number });
    if (event.type === "start_over") this.lost(generation);
  }

  private opened(): void {
    clearTimeout(this.handshakeTimer);
    this.liveSince = Date.now();
    clearInterval(this.pingTimer);
    this.pingTimer = setInterval(() => this.ping(), this.options.pingMs ?? 20_000);
  }

  private ping(): void {
    if (this.unanswered >= 2) return this.lost(this.generation);
    this.unanswered++;
    this.write({ type: "ping" } as unknown as C);
  }

  private answer(event: Frame): void {
    const answer = event as Frame & {
      id: number;
      data?: unknown;
      code?: string;
      text?: string;
      retry?: boolean;
      retry_after_ms?: number;
    };
    const waiting = this.answers.get(answer.id);
    if (!waiting) return;
    this.answers.delete(answer.id);
    clearTimeout(waiting.timer);
    if (event.type === "result") waiting.resolve(answer.data);
    else {
      const { code = "unknown", text = "", retry = false, retry_after_ms = 0 } = answer;
      waiting.reject(new Refused(code, text, retry, retry_after_ms));
    }
  }

  private bye(frame: { reason: string; retry_after_ms?: number }): void {
    if (frame.retry_after_ms === undefined) return this.stop(frame.reason);
    this.drop();
    this.later(frame.retry_after_ms + Math.random() * Math.max(500, frame.retry_after_ms));
  }

  private lost(generation: number): void {
    if (generation !== this.generation || this.status.kind === "ended") return;
    if (this.liveSince > 0 && Date.now() - this.liveSince > STEADY_MS) this.attempt = 0;
    this.drop();
    this.later();
  }

  /** Lets go of the socket and refuses what was not answered. */
  private drop(): void {
    this.generation++;
    this.liveSince = 0;
    this.unanswered = 0;
    clearTimeout(this.retryTimer);
    clearTimeout(this.handshakeTimer);
    clearInterval(this.pingTimer);
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
      socket.close();
    }
    for (const waiting of this.answers.values()) {
      clearTimeout(waiting.timer);
      waiting.reject(new Refused("cut", "the connection was cut", true));
    }
    this.answers.clear();
  }

  private later(wait = backoff(this.attempt)): void {
    this.become({ kind: "waiting", attempt: this.attempt, until: Date.now() + wait });
    this.attempt++;
    this.retryTimer = setTimeout(() => void this.connect(), wait);
  }

  /** The network or the page is back: don't wait any longer, and check at once whether a live line still lives. */
  private readonly wake = (): void => {
    if (document.visibilityState === "hidden" && !navigator.onLine) return;
    if (this.status.kind === "waiting" && navigator.onLine !== false) {
      clearTimeout(this.retryTimer);
      this.retryTimer = setTimeout(() => void this.connect(), Math.random() * 250);
    } else if (Date.now() - this.heard > 5_000) this.probe();
  };

  /** Asks a line that looks alive whether it is: no sound within `PROBE_MS`, and it counts as lost. */
  private readonly probe = (): void => {
    if (!this.live) return;
    const { generation, heard } = this;
    this.write({ type: "ping" } as unknown as C);
    setTimeout(() => {
      if (this.heard === heard) this.lost(generation);
    }, PROBE_MS);
  };

  private write(frame: C): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private become(status: LineStatus): void {
    this.status = status;
    this.options.onStatus?.(status);
  }
}
