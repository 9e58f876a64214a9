/*
 * Builds the three entries apart (so that the chat is one script and one stylesheet, sharing no chunk with the desk)
 * and writes one manifest, in Vite's manifest format, to dist/manifest.json:
 *
 *   { "src/chat/main.tsx": { "file": "assets/chat-<hash>.js", "css": ["assets/chat-<hash>.css"], "isEntry": true }, ... }
 *
 * `node build.mjs --watch` builds again at each change; `node build.mjs chat` builds only what is named.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "vite";

const ROOT = import.meta.dirname;
const DIST = join(ROOT, "dist");
const TARGET = ["chrome111", "edge111", "firefox114", "safari16.4"];
const ENTRIES = [
  { name: "loader", source: "src/loader/main.ts", format: "iife" },
  { name: "chat", source: "src/chat/main.tsx", format: "es" },
  { name: "desk", source: "src/desk/main.tsx", format: "es" },
];

const named = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const watch = process.argv.includes("--watch");
const complete = named.length === 0 && !watch;
/** The rows of this build's manifest. */
const built = {};

function options(entry) {
  return {
    root: ROOT,
    configFile: false,
    logLevel: "warn",
    base: "/",
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
      outDir: join(DIST, `.${entry.name}`),
      emptyOutDir: true,
      manifest: "manifest.json",
      target: TARGET,
      cssTarget: TARGET,
      assetsInlineLimit: 0,
      modulePreload: false,
      cssCodeSplit: entry.name === "desk",
      sourcemap: false,
      reportCompressedSize: false,
      watch: watch ? {} : null,
      rolldownOptions: {
        input: { [entry.name]: join(ROOT, entry.source) },
        output: {
          format: entry.format,
          entryFileNames: "assets/[name]-[hash].js",
          chunkFileNames: "assets/[name]-[hash].js",
          assetFileNames: ({ names }) =>
            names?.[0] === "style.css" ? `assets/${entry.name}-[hash].css` : "assets/[name]-[hash][extname]",
        },
      },
    },
    plugins: [{ name: "peyk-merge", closeBundle: () => merge(entry) }],
  };
}

/** Moves an entry's files beside the others and puts its part into the one manifest. */
let merging = Promise.resolve();
function merge(entry) {
  merging = merging.then(() => mergeNow(entry));
  return merging;
}

async function mergeNow(entry) {
  const from = join(DIST, `.${entry.name}`);
  if (!existsSync(join(from, "manifest.json"))) return;
  const part = JSON.parse(await readFile(join(from, "manifest.json"), "utf8"));
  for (const row of Object.values(part)) {
    // With one stylesheet for all, Vite lists it apart from the entry that needs it.
    if (row.isEntry && !row.css && part["style.css"]) row.css = [part["style.css"].file];
  }
  delete part["style.css"];
  await mkdir(join(DIST, "assets"), { recursive: true });
  for (const file of await readdir(join(from, "assets"))) {
    await rename(join(from, "assets", file), join(DIST, "assets", file));
  }
  await rm(from, { recursive: true, force: true });
  for (const [key, row] of Object.entries(part)) built[key] = { ...row, name: row.name ?? entry.name };
  if (watch) await writeManifest();
}

/** Replaces the manifest in one step, so that a hub that reads it meanwhile finds the old build or the new one. */
async function writeManifest() {
  const path = join(DIST, "manifest.json");
  const whole = complete || !existsSync(path) ? {} : JSON.parse(await readFile(path, "utf8"));
  await writeFile(`${path}.new`, `${JSON.stringify({ ...whole, ...built }, null, 2)}\n`);
  await rename(`${path}.new`, path);
}

/** Removes what no entry of a complete build needs any more. */
async function prune() {
  const rows = Object.values(built);
  const needed = new Set(rows.flatMap((row) => [row.file, ...(row.css ?? []), ...(row.assets ?? [])]));
  for (const file of await readdir(join(DIST, "assets"))) {
    if (!needed.has(`assets/${file}`)) await rm(join(DIST, "assets", file), { recursive: true });
  }
}

for (const entry of ENTRIES) {
  if (named.length > 0 && !named.includes(entry.name)) continue;
  if (!existsSync(join(ROOT, entry.source))) continue;
  await build(options(entry));
}
await merging;
if (!watch) {
  await writeManifest();
  if (complete) await prune();
}
