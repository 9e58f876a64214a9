import type { JSX } from "preact";

/** The admin part, mounted by the desk at /desk/admin. */
export function AdminApp(): JSX.Element {
  return <main class="empty" />;
}
