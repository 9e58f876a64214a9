import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Alert } from "../../ui/icons";
import type { ContactView, SameView, Summary } from "../../wire/desk.types";
import { merge } from "../actions";
import { currentOpen, dialog, link, merging, rows, tabs } from "../desk";
import { nameOf, t } from "../i18n";
import { loadTab } from "../link";
import { fold } from "../state/composer";
import { ChannelGlyph, Face, Numeral, Skeleton } from "./common";
import { Dialog } from "./Dialog";
import { Foot, NoteField } from "./Dialogs";
import { Finder, Target } from "./Finder";
import { Addresses, Clashes, Reasons } from "./SamePerson";

const MOST = 8;

/** Where others may stand, beside the list that the agent looks at. */
const PLACES = ["all", "resolved"] as const;

const close = () => {
  dialog.value = null;
};

/** Other customers among the conversations that are here, each once. */
function others(query: string, contact: ContactView): Summary[] {
  const wanted = fold(query).trim();
  const known = new Set([contact.id, ...(contact.members ?? []).map((one) => one.contact)]);
  const found: Summary[] = [];
  for (const row of rows.value.values()) {
    if (known.has(row.contact) || !fold(`${row.contact_name} #${row.number}`).includes(wanted)) continue;
    known.add(row.contact);
    found.push(row);
    if (found.length === MOST) break;
  }
  return found;
}

/** Somebody whom the agent chose, without a reason that the hub has found. */
function chosen(row: Summary): SameView {
  return { contact: row.contact, name: row.contact_name, created_at: row.created_at, shared: [] };
}

function Choose({ contact }: { contact: ContactView }): JSX.Element {
  const [query, setQuery] = useState("");
  useEffect(() => {
    for (const place of PLACES) if (tabs.peek()[place].phase !== "ready") void loadTab(place, true);
  }, []);
  const busy = PLACES.some((place) => tabs.value[place].phase === "loading");
  const found = others(query, contact);
  const choose = (row: Summary | undefined) => {
    if (row) merging.value = (contact.same ?? []).find((one) => one.contact === row.contact) ?? chosen(row);
  };
  return (
    <Finder
      label={t("merge.search")}
      query={query}
      search={setQuery}
      found={found.map((row) => ({
        key: row.id,
        look: (
          <Target sign={<Face id={row.contact} name={nameOf(row)} size={26} />} name={nameOf(row)}>
            <ChannelGlyph channel={row.channel} size={13} /> <Numeral n={row.number} />
          </Target>
        ),
      }))}
      take={(n) => choose(found[n])}
      none={busy ? <Skeleton rows={2} kind="line" /> : <p class="quiet">{t("merge.none")}</p>}
    />
  );
}

/** The reason as the hub found it, for the agent to keep or to change. Against a conflict one has to say why oneself. */
function firstReason(other: SameView): string {
  const [best] = other.shared;
  return best && !other.clashes?.length ? `${t(`same.${best.kind}`)} ${best.value}` : "";
}

/** By what an agent knows somebody whose addresses are not here: a conversation of theirs. */
function Newest({ contact }: { contact: string }): JSX.Element | null {
  const row = [...rows.value.values()].find((one) => one.contact === contact);
  if (!row) return null;
  return (
    <p class="same-newest">
      <ChannelGlyph channel={row.channel} size={13} /> <Numeral n={row.number} /> <bdi>{row.last_text}</bdi>
    </p>
  );
}

function Confirm({ contact, other }: { contact: ContactView; other: SameView }): JSX.Element {
  const [reason, setReason] = useState(firstReason(other));
  const [conflict, setConflict] = useState((other.clashes ?? []).length > 0);
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const ready = reason.trim() !== "" && (!conflict || sure) && !busy && link.value === "live";
  const run = async () => {
    if (!ready) return;
    setBusy(true);
    const refused = await merge(contact.id, other.contact, reason.trim(), conflict);
    setBusy(false);
    if (refused) setConflict(true);
    else close();
  };
  const name = other.name || t("row.noname");
  return (
    <>
      <p class="quiet">{t("merge.hint")}</p>
      <div class="merge-two">
        {[
          { id: contact.id, name: contact.name || t("row.noname"), all: contact.identities },
          { id: other.contact, name, all: other.identities },
        ].map((one) => (
          <div key={one.id} class="same-one">
            <div class="same-head">
              <Face id={one.id} name={one.name} size={26} />
              <bdi>{one.name}</bdi>
            </div>
            {one.all ? <Addresses all={one.all} /> : <Newest contact={one.id} />}
          </div>
        ))}
      </div>
      {other.shared.length > 0 && <Reasons shared={other.shared} />}
      {conflict && (
        <>
          {other.clashes?.length ? (
            <Clashes all={other.clashes} />
          ) : (
            <div class="same-clash" role="alert">
              <Alert size={15} />
              <p>{t("error.conflicting")}</p>
            </div>
          )}
          <label class="check">
            <input
              type="checkbox"
              checked={sure}
              onChange={(event) => setSure(event.currentTarget.checked)}
            />
            <span>{t("merge.sure")}</span>
          </label>
        </>
      )}
      <NoteField
        label={t(conflict ? "merge.reason.conflict" : "merge.reason")}
        value={reason}
        set={setReason}
        onSend={() => void run()}
      />
      <Foot label={t("merge.do")} run={() => void run()} disabled={!ready} danger={conflict} />
    </>
  );
}

/** Says that the customer on the screen and another contact are one person: who, why, and, where it conflicts, on purpose. */
export function MergeDialog({ row }: { row: Summary }): JSX.Element | null {
  const contact = currentOpen.value?.contact;
  const other = merging.value;
  if (!contact) return null;
  const name = contact.name || nameOf(row);
  return (
    <Dialog title={other ? t("merge.title") : t("merge.choose", { name })} onClose={close}>
      {other ? <Confirm key={other.contact} contact={contact} other={other} /> : <Choose contact={contact} />}
    </Dialog>
  );
}
