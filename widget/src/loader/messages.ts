/**
 * What the loader (on the host's page) and the app (in the iframe) say to each other. Each side names the other's exact
 * origin when it posts and checks origin and source when it hears. `peyk: 1` is the version.
 */

/** The app is ready to listen, or its language changed. `accent` is a CSS colour. */
export type FromApp =
  | { peyk: 1; type: "ready"; locale: "fa" | "en"; name: string; accent?: string }
  | { peyk: 1; type: "unread"; n: number }
  | { peyk: 1; type: "close" };

export type FromLoader =
  | { peyk: 1; type: "open"; focus: boolean }
  | { peyk: 1; type: "closed" }
  | { peyk: 1; type: "locale"; locale: "fa" | "en" };
