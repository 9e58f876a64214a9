/**
 * The visitor's tokens, kept in this iframe's own storage (partitioned by the shop's site). The refresh token is replaced at
 * each use, so only one tab refreshes at a time and the others take what it got.
 */

import { alone } from "../wire/lock";
import { Refused } from "../wire/socket";
import type { Session, SessionRequest } from "../wire/webchat.types";

const SPARE_MS = 60_000;

export class Sessions {
  private memory: Session | null = null;

  constructor(
    private readonly inbox: string,
    private readonly address: string,
    private readonly locale: () => "fa" | "en",
  ) {}

  /** Whether this browser has been here before. */
  get known(): boolean {
    return this.stored() !== null;
  }

  /** An access token good for at least another minute. */
  async access(): Promise<string> {
    const now = this.stored();
    if (now && now.expires_at - Date.now() > SPARE_MS) return now.access;
    return alone(`peyk:${this.inbox}:session`, async () => {
      const meanwhile = this.stored();
      if (meanwhile && meanwhile.expires_at - Date.now() > SPARE_MS) return meanwhile.access;
      return (await this.fetch(meanwhile?.refresh ?? null)).access;
    });
  }

  /** The hub did not take the access token: get another at the next use. */
  expire(access: string): void {
    const now = this.stored();
    if (now && now.access === access) this.keep({ ...now, expires_at: 0 });
  }

  forget(): void {
    this.memory = null;
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Nothing was kept.
    }
  }

  /** Calls back when another tab has forgotten the visitor. */
  onForgotten(forgotten: () => void): void {
    addEventListener("storage", (event) => {
      if (event.key === this.key && event.newValue === null) forgotten();
    });
  }

  private async fetch(refresh: string | null): Promise<Session> {
    const body: SessionRequest = { refresh, locale: this.locale() };
    const answer = await fetch(this.address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      cache: "no-store",
    });
    if (answer.status === 401 && refresh !== null) return this.fetch(null);
    if (!answer.ok) throw new Refused("session", `session: ${answer.status}`, true);
    const session = (await answer.json()) as Session;
    this.keep(session);
    return session;
  }

  private get key(): string {
    return `peyk:${this.inbox}:visitor`;
  }

  private stored(): Session | null {
    try {
      const text = localStorage.getItem(this.key);
      return text ? (JSON.parse(text) as Session) : this.memory;
    } catch {
      return this.memory;
    }
  }

  private keep(session: Session): void {
    this.memory = session;
    try {
      localStorage.setItem(this.key, JSON.stringify(session));
    } catch {
      // Storage is forbidden: the visitor is known until the tab closes.
    }
  }
}
