/** Short words at the edge of the screen: what happened, and how to undo it. */
import { signal } from "@preact/signals";

export interface Toast {
  id: number;
  text: string;
  tone: "plain" | "error";
  action: { label: string; run: () => void } | null;
}

/** How long a toast stays, ms. One that can be undone stays exactly as long as the undo is promised. */
export const TOAST_MS = 5000;

let last = 0;
export const toasts = signal<readonly Toast[]>([]);

/** Shows a toast; at most three stand at once. */
export function toast(text: string, tone: Toast["tone"] = "plain", action: Toast["action"] = null): void {
  const id = ++last;
  toasts.value = [...toasts.peek().slice(-2), { id, text, tone, action }];
  setTimeout(() => dismiss(id), tone === "error" ? TOAST_MS + 2000 : TOAST_MS);
}

/** Takes a toast away. */
export function dismiss(id: number): void {
  toasts.value = toasts.peek().filter((one) => one.id !== id);
}
