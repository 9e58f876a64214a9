/** The admin part of the desk: sections at the side, one of them on the screen. On a phone the list of sections comes first. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Chat, People as PeopleIcon, Person as PersonIcon, Settings } from "../../ui/icons";
import "./admin.css";
import "./bot.css";
import "./channels.css";
import "./editors.css";
import "./figures.css";
import "./flow.css";
import "./parts.css";
import { Empty } from "../parts/common";
import { Hand, Keypad, Line, Phone, Quick } from "../parts/icons";
import { follow, GROUPS, type Group, hrefOf, place, SECTIONS, type Section } from "./nav";
import { LeaveQuestion } from "./parts/dialogs";
import {
  Ahead,
  Arrow,
  Aside,
  Ask,
  Bars,
  Book,
  Bookmark,
  Calendar,
  Layers,
  Marked,
  Pledge,
  Shield,
  Tags,
  Tray,
} from "./parts/icons";
import { Page } from "./parts/Page";
import { Account } from "./sections/Account";
import { AsideList } from "./sections/AsideList";
import { Audit } from "./sections/Audit";
import { BotFigures } from "./sections/BotFigures";
import { CalendarPage } from "./sections/CalendarPage";
import { Calendars } from "./sections/Calendars";
import { CannedList } from "./sections/CannedList";
import { CannedPage } from "./sections/CannedPage";
import { Dialling } from "./sections/Dialling";
import { Entities } from "./sections/Entities";
import { FlowPage } from "./sections/FlowPage";
import { Flows } from "./sections/Flows";
import { FormPage } from "./sections/FormPage";
import { Inboxes } from "./sections/Inboxes";
import { InboxPage } from "./sections/InboxPage";
import { IntentPage } from "./sections/IntentPage";
import { Intents } from "./sections/Intents";
import { NewInbox } from "./sections/NewInbox";
import { People } from "./sections/People";
import { Person } from "./sections/Person";
import { QueuePage } from "./sections/QueuePage";
import { Queues } from "./sections/Queues";
import { ResponsePage } from "./sections/ResponsePage";
import { Responses } from "./sections/Responses";
import { Review } from "./sections/Review";
import { Routes } from "./sections/Routes";
import { Rules } from "./sections/Rules";
import { Skills } from "./sections/Skills";
import { SlaPage } from "./sections/SlaPage";
import { Slas } from "./sections/Slas";
import { Stories } from "./sections/Stories";
import { StoryPage } from "./sections/StoryPage";
import { Talks } from "./sections/Talks";
import { TermPage } from "./sections/TermPage";
import { VersionPage } from "./sections/VersionPage";
import { Versions } from "./sections/Versions";
import { myRole } from "./store";
import { t } from "./words";

const ICONS: Record<Section, (props: { size?: number }) => JSX.Element> = {
  review: Hand,
  intents: Tags,
  talks: Ask,
  entities: Marked,
  responses: Chat,
  versions: Layers,
  figures: Bars,
  stories: Bookmark,
  people: PeopleIcon,
  skills: Shield,
  queues: Line,
  routes: Arrow,
  dialling: Keypad,
  calendars: Calendar,
  slas: Pledge,
  inboxes: Tray,
  flows: Phone,
  aside: Aside,
  canned: Quick,
  rules: Settings,
  audit: Book,
  account: PersonIcon,
};

/** What the reader's role may see; the hub refuses the rest in any case. */
function sections(): readonly Section[] {
  const role = myRole();
  if (role === "admin") return SECTIONS;
  if (role === "bot_admin") return [...GROUPS.bot, "account"];
  if (role !== "supervisor") return ["account"];
  const hidden: readonly Section[] = ["audit", ...GROUPS.bot];
  return SECTIONS.filter((one) => !hidden.includes(one));
}

/** `first`: on a phone it is all there is on the screen. */
function Nav({ here, first }: { here: string; first: boolean }): JSX.Element {
  const teacher = myRole() === "bot_admin";
  const title = t(teacher ? "nav.bot" : "admin.title");
  const seen = sections();
  const groups = (Object.keys(GROUPS) as Group[]).map((name) => ({
    name,
    links: GROUPS[name].filter((one) => seen.includes(one)),
  }));
  const shown = groups.filter(({ links }) => links.length > 0);
  return (
    <nav class="admin-nav" aria-label={t("admin.sections")}>
      {first ? <h1>{title}</h1> : <h2>{title}</h2>}
      <p class="admin-lead">{t(teacher ? "nav.bot.lead" : "admin.lead")}</p>
      {shown.map(({ name, links }) => (
        <NavGroup key={name} name={shown.length > 2 ? name : null} links={links} here={here} first={first} />
      ))}
    </nav>
  );
}

interface NavGroupProps {
  /** None where so few links need no headings. */
  name: Group | null;
  links: readonly Section[];
  here: string;
  first: boolean;
}

function NavGroup({ name, links, here, first }: NavGroupProps): JSX.Element {
  const Heading = first ? "h2" : "h3";
  return (
    <div class="admin-group">
      {name && <Heading id={`nav-${name}`}>{t(`group.${name}`)}</Heading>}
      <ul aria-labelledby={name ? `nav-${name}` : undefined}>
        {links.map((one) => (
          <NavLink key={one} section={one} isHere={here === one} />
        ))}
      </ul>
    </div>
  );
}

function NavLink({ section, isHere }: { section: Section; isHere: boolean }): JSX.Element {
  const Icon = ICONS[section];
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (isHere) link.current?.scrollIntoView({ block: "nearest" });
  }, [isHere]);
  return (
    <li>
      <a
        ref={link}
        href={hrefOf(section)}
        aria-current={isHere ? "page" : undefined}
        onClick={(event) => follow(event, section)}
      >
        <Icon size={18} />
        <span>
          {t(`nav.${section}`)}
          <small>{t(`nav.${section}.hint`)}</small>
        </span>
        <Ahead size={16} />
      </a>
    </li>
  );
}

function Content({ section, id }: { section: string; id: string }): JSX.Element {
  if (!(SECTIONS as readonly string[]).includes(section)) return <Nowhere />;
  if (!sections().includes(section as Section)) {
    return (
      <Page title={t("admin.title")}>
        <Empty title={t("admin.denied")} hint={t("admin.denied.hint")} />
      </Page>
    );
  }
  switch (section as Section) {
    case "review":
      return <Review />;
    case "intents":
      return id ? <IntentPage key={id} name={id} /> : <Intents />;
    case "talks":
      if (id.startsWith("form:")) return <FormPage key={id} name={id.slice(5)} />;
      return id ? <IntentPage key={id} name={id.replace("question:", "")} /> : <Talks />;
    case "entities":
      return id ? <TermPage key={id} id={id} /> : <Entities />;
    case "responses":
      return id ? <ResponsePage key={id} name={id} /> : <Responses />;
    case "versions":
      return id ? <VersionPage key={id} number={Number(id)} /> : <Versions />;
    case "stories":
      return id ? <StoryPage key={id} id={id} /> : <Stories />;
    case "figures":
      return <BotFigures />;
    case "people":
      return id ? <Person key={id} id={id} /> : <People />;
    case "skills":
      return <Skills />;
    case "queues":
      return id ? <QueuePage key={id} id={id} /> : <Queues />;
    case "routes":
      return <Routes />;
    case "dialling":
      return <Dialling />;
    case "calendars":
      return id ? <CalendarPage key={id} id={id} /> : <Calendars />;
    case "slas":
      return id ? <SlaPage key={id} id={id} /> : <Slas />;
    case "inboxes":
      if (id === "new" || id.startsWith("new:")) return <NewInbox key={id} id={id} />;
      return id ? <InboxPage key={id} id={id} /> : <Inboxes />;
    case "flows":
      return id ? <FlowPage key={id} id={id} /> : <Flows />;
    case "aside":
      return <AsideList />;
    case "canned":
      return id ? <CannedPage key={id} id={id} /> : <CannedList />;
    case "rules":
      return <Rules />;
    case "audit":
      return <Audit />;
    case "account":
      return <Account />;
  }
}

function Nowhere(): JSX.Element {
  return (
    <Page title={t("admin.title")}>
      <Empty title={t("admin.nowhere")} hint={t("admin.nowhere.hint")} />
    </Page>
  );
}

function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const update = () => setOnline(navigator.onLine);
    addEventListener("online", update);
    addEventListener("offline", update);
    return () => {
      removeEventListener("online", update);
      removeEventListener("offline", update);
    };
  }, []);
  return online;
}

/** What stands at /desk/admin. */
export function AdminApp(): JSX.Element {
  const online = useOnline();
  const { section, id } = place.value;
  const here = section || sections()[0] || "account";
  const looksOnly = myRole() === "supervisor" && here !== "account";
  return (
    <main class={`admin ${section ? "" : "is-root"}`}>
      <Nav here={here} first={!section} />
      <div class="admin-main" key={`${here}/${id}`}>
        {!online && (
          <p class="strip is-offline" role="status">
            {t("admin.offline")}
          </p>
        )}
        {looksOnly && <p class="strip">{t("admin.readonly")}</p>}
        <Content section={here} id={id} />
      </div>
      <LeaveQuestion />
    </main>
  );
}
