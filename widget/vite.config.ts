/** For the tests only; `build.mjs` says how the parts are built. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: { environment: "node", include: ["tests/**/*.test.ts"], css: true, testTimeout: 5000 },
});
