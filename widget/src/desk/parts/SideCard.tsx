import type { ComponentChildren, JSX } from "preact";
import { date, dateTime, percent } from "../../ui/format";
import { Close, Plus, Star } from "../../ui/icons";
import type { ContactView, EntryView, Summary, UnderstoodView } from "../../wire/desk.types";
import { openRow, setKeeper } from "../actions";
import {
  agents,
  cardOver,
  current,
  currentId,
  currentOpen,
  dialog,
  inboxes,
  isMine,
  link,
  serverNow,
} from "../desk";
import { nameOf, t, word } from "../i18n";
import { toggleCard } from "./Conversation";
import { ChannelGlyph, Face, IconButton, Numeral, Skeleton } from "./common";
import { ownerText } from "./owner";
import { Proof, SamePerson } from "./SamePerson";
import { shortWhen } from "./when";

/** A part of the card under a heading. */
export function Section({
  title,
  children,
  extra,
}: {
  title: string;
  children: ComponentChildren;
  extra?: ComponentChildren;
}): JSX.Element {
  return (
    <section class="card-section">
      <h3>
        {title}
        {extra}
      </h3>
      {children}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Which colleague looks after the customer; whoever does is asked first where a line has that. */
function Keeper({ contact }: { contact: ContactView }): JSX.Element {
  const known = agents.value.filter((one) => one.id === contact.owner || one.role !== "admin");
  return (
    <select
      class="keeper"
      aria-label={t("card.keeper")}
      value={contact.owner ?? ""}
      disabled={link.value !== "live"}
      onChange={(event) => void setKeeper(contact, event.currentTarget.value || null)}
    >
      <option value="">{t("card.keeper.none")}</option>
      {known.map((one) => (
        <option key={one.id} value={one.id}>
          {one.name}
        </option>
      ))}
    </select>
  );
}

/** Stars of a rating, read out as words. */
export function Stars({ score }: { score: number }): JSX.Element {
  return (
    <span class="stars" role="img" aria-label={t("card.rating.of", { score })}>
      {[1, 2, 3, 4, 5].map((n) => (
        <span key={n} class={n <= score ? "is-on" : ""}>
          <Star size={14} />
        </span>
      ))}
    </span>
  );
}

function lastUnderstood(entries: readonly EntryView[]): UnderstoodView | null {
  return entries.findLast((one) => one.understood)?.understood ?? null;
}

function Pairs({ values }: { values: Record<string, string> | undefined }): JSX.Element | null {
  const all = Object.entries(values ?? {});
  if (all.length === 0) return null;
  return (
    <dl class="facts">
      {all.map(([name, value]) => (
        <Fact key={name} name={word("field", name)}>
          <bdi>{value}</bdi>
        </Fact>
      ))}
    </dl>
  );
}

function BotSection({ entries }: { entries: readonly EntryView[] }): JSX.Element | null {
  const it = lastUnderstood(entries);
  const handoff = entries.findLast((one) => one.event?.type === "handoff")?.event;
  if (!it && !handoff) return null;
  return (
    <Section title={t("card.bot")}>
      {handoff && (
        <div class="why">
          <p class="why-head">
            {t("card.handoff")}: <b>{handoff.reason ? word("reason", handoff.reason) : ""}</b>
          </p>
          {handoff.summary && <p dir="auto">{handoff.summary}</p>}
        </div>
      )}
      {it && (
        <>
          <div class="intent">
            <code dir="ltr">{it.intent}</code>
            <span class="tabular">{percent(it.confidence)}</span>
            <meter
              min={0}
              max={1}
              value={it.confidence}
              aria-label={t("understood.confidence", { percent: percent(it.confidence) })}
            />
          </div>
          {it.runner_up && (
            <div class="intent is-second">
              <code dir="ltr">{it.runner_up}</code>
              <span class="tabular">{percent(it.runner_up_confidence ?? 0)}</span>
            </div>
          )}
          <Pairs values={{ ...it.slots, ...it.entities }} />
        </>
      )}
    </Section>
  );
}

function Labels({ row }: { row: Summary }): JSX.Element {
  const labels = row.labels ?? [];
  return (
    <Section
      title={t("card.labels")}
      extra={
        <IconButton
          label={t("action.labels")}
          action="labels"
          onClick={() => {
            dialog.value = "labels";
          }}
        >
          <Plus size={15} />
        </IconButton>
      }
    >
      {labels.length === 0 ? (
        <p class="quiet">{t("labels.none")}</p>
      ) : (
        <p class="labels">
          {labels.map((one) => (
            <span key={one} class="label" dir="auto">
              {one}
            </span>
          ))}
        </p>
      )}
    </Section>
  );
}

/** The customer card: the person, the bot's understanding, this conversation, the earlier ones. */
export function SideCard(): JSX.Element | null {
  const row = current.value;
  const open = currentOpen.value;
  if (!row) return null;
  const contact = open?.contact;
  const now = serverNow();
  const name = contact?.name || nameOf(row);
  return (
    <aside class="card" aria-label={t("card.label")}>
      <header class="card-head">
        <Face id={row.contact} name={name} size={40} />
        <div>
          <h2>
            <bdi>{name}</bdi>
          </h2>
          <p class="quiet">{contact ? t("card.since", { date: date(contact.created_at) }) : "\u00a0"}</p>
        </div>
        <IconButton label={t("card.hide")} action="card" onClick={toggleCard}>
          <Close size={16} />
        </IconButton>
      </header>
      {!open || (!contact && open.phase !== "error") ? (
        <Skeleton rows={6} kind="line" />
      ) : (
        <div class="card-body">
          <Section title={t("card.identities")}>
            <ul class="identities">
              {(contact?.identities ?? []).map((one) => (
                <li key={one.channel + one.address}>
                  <ChannelGlyph channel={one.channel} />
                  {one.address.startsWith("anonymous:") ? (
                    <span>{t("card.withheld")}</span>
                  ) : (
                    <>
                      <bdi class="address" dir="ltr">
                        {one.address}
                      </bdi>
                      <Proof verified={one.verified} />
                    </>
                  )}
                </li>
              ))}
            </ul>
            <dl class="facts">
              <Fact name={t("card.language")}>{t(`card.language.${contact?.locale ?? row.locale}`)}</Fact>
              {contact && (
                <Fact name={t("card.keeper")}>
                  <Keeper contact={contact} />
                </Fact>
              )}
            </dl>
            <Pairs values={contact?.attributes} />
          </Section>
          {contact && <SamePerson contact={contact} />}
          <BotSection entries={open.entries} />
          <Section title={t("card.conversation")}>
            <dl class="facts">
              <Fact name={t("card.number")}>
                <Numeral n={row.number} />
              </Fact>
              {inboxes.value[row.inbox] && (
                <Fact name={t("card.inbox")}>
                  <bdi>{inboxes.value[row.inbox]?.name}</bdi>
                </Fact>
              )}
              <Fact name={t("card.created")}>{dateTime(row.created_at)}</Fact>
              <Fact name={t("card.owner")}>{ownerText(row, isMine.value)}</Fact>
              {row.disposition && (
                <Fact name={t("card.disposition")}>{word("disposition", row.disposition)}</Fact>
              )}
              {row.rating ? (
                <Fact name={t("card.rating")}>
                  <Stars score={row.rating} />
                </Fact>
              ) : null}
            </dl>
          </Section>
          <Labels row={row} />
          <Section title={t("card.earlier")}>
            {(contact?.earlier ?? []).length === 0 ? (
              <p class="quiet">{t("card.earlier.none")}</p>
            ) : (
              <ul class="earlier-list">
                {(contact?.earlier ?? []).map((one) => (
                  <li key={one.id}>
                    <button
                      type="button"
                      aria-current={one.id === currentId.value || undefined}
                      onClick={() => {
                        cardOver.value = false;
                        openRow(one.id);
                      }}
                    >
                      <span class="earlier-top">
                        <Numeral n={one.number} /> <time>{shortWhen(one.created_at, now)}</time>
                      </span>
                      <span class="earlier-words" dir="auto">
                        {one.last_text}
                      </span>
                      <span class="earlier-end">
                        {one.disposition
                          ? word("disposition", one.disposition)
                          : t(one.status === "resolved" ? "tab.resolved" : "card.earlier.open")}
                        {one.rating ? <Stars score={one.rating} /> : null}
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            )}
          </Section>
        </div>
      )}
    </aside>
  );
}
