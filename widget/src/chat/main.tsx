import { render } from "preact";
import "../ui/font.css";
import "../ui/tokens.css";
import "../ui/base.css";
import "./chat.css";
import { App } from "./App";
import { focusComposer } from "./Composer";
import { begin } from "./client";
import { config, inkOn } from "./config";
import { theme } from "./host";

const root = document.documentElement;
if (theme === "light" || theme === "dark") root.dataset.theme = theme;
if (config.accent) {
  root.style.setProperty("--accent", config.accent);
  root.style.setProperty("--on-accent", inkOn(config.accent));
}
// With a finger the keyboard would jump over the greeting; with a mouse one wants to write at once.
const fine = matchMedia("(hover: hover) and (pointer: fine)");
begin((focus) => focus && fine.matches && requestAnimationFrame(focusComposer));
const place = document.getElementById("app");
if (place) render(<App />, place);
