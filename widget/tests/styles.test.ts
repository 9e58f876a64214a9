/// <reference types="vite/client" />
import { expect, it } from "vitest";

const files = import.meta.glob<string>("../src/**/*.{css,ts,tsx}", {
  query: "?raw",
  import: "default",
  eager: true,
});
const source = Object.values(files).join("\n");
const names = (pattern: RegExp) => new Set([...source.matchAll(pattern)].map(([, name]) => name));

it("defines every custom property that a style leans on", () => {
  const defined = names(/(--[a-z0-9-]+)["']?\s*:/g);
  expect([...names(/var\((--[a-z0-9-]+)\)/g)].filter((name) => !defined.has(name))).toEqual([]);
});
