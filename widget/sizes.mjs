/* The size gate: exits 1 when the loader or the chat (script and style, gzipped) is heavier than promised. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const DIST = join(import.meta.dirname, "dist");
const LIMITS = { "src/loader/main.ts": 6, "src/chat/main.tsx": 45 };

const manifest = JSON.parse(readFileSync(join(DIST, "manifest.json"), "utf8"));
const weigh = (file) => gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length / 1024;

/** The entry's script, its styles and whatever it imports, without counting a file twice. */
function files(key, found = new Set()) {
  const row = manifest[key];
  if (!row || found.has(row.file)) return found;
  found.add(row.file);
  for (const css of row.css ?? []) found.add(css);
  for (const other of row.imports ?? []) files(other, found);
  return found;
}

let heavy = false;
for (const [key, limit] of Object.entries(LIMITS)) {
  if (!manifest[key]) {
    console.error(`${key}: not built; run "npm run build" first`);
    heavy = true;
    continue;
  }
  const size = [...files(key)].reduce((sum, file) => sum + weigh(file), 0);
  heavy ||= size > limit;
  console.log(`${key}: ${size.toFixed(1)} KB of ${limit} KB${size > limit ? "  TOO HEAVY" : ""}`);
}
process.exit(heavy ? 1 : 0);
