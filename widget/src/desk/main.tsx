/** The agents' desk: reads the page's config, connects, draws. */
import { render } from "preact";
import { isLocale, setLocale } from "../ui/i18n";
import "../ui/tokens.css";
import "../ui/font.css";
import "../ui/base.css";
import "./styles/frame.css";
import "./styles/list.css";
import "./styles/timeline.css";
import "./styles/composer.css";
import "./styles/over.css";
import "./styles/card.css";
import { App } from "./App";
import { deskConfig } from "./config";
import { startLink } from "./link";
import { followTheme } from "./prefs";
import { unlockSound } from "./sound";

const config = deskConfig();
setLocale(isLocale(config.locale) ? config.locale : "en");
followTheme();
unlockSound();
startLink();
const root = document.getElementById("desk");
if (root) render(<App />, root);
