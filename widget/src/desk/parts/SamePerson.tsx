/** One customer on several channels: who this may be too, and which contacts agents have merged into this one. */
import type { ComponentChildren, JSX } from "preact";
import { date } from "../../ui/format";
import { Alert } from "../../ui/icons";
import type {
  ClashView,
  ContactView,
  IdentityView,
  MemberView,
  SameView,
  SharedView,
} from "../../wire/desk.types";
import { undoMerge } from "../actions";
import { dialog, link, merging } from "../desk";
import { t } from "../i18n";
import { ChannelGlyph, Face } from "./common";
import { Join, Verified } from "./icons";
import { Section } from "./SideCard";

/** Whether an address is proven, in a sign and in words. */
export function Proof({ verified }: { verified: boolean }): JSX.Element {
  return (
    <span class={`mark ${verified ? "is-verified" : ""}`}>
      {verified && <Verified size={15} />}
      {t(verified ? "card.verified" : "card.claimed")}
    </span>
  );
}

/** Addresses in one line each, with the channel's sign. */
export function Addresses({ all }: { all: readonly IdentityView[] | undefined }): JSX.Element | null {
  if (!all?.length) return null;
  return (
    <ul class="same-addresses">
      {all.map((one) => (
        <li key={one.channel + one.address}>
          <ChannelGlyph channel={one.channel} size={13} />
          <bdi class="address" dir="ltr">
            {one.address}
          </bdi>
        </li>
      ))}
    </ul>
  );
}

/** Why two may be one, the best reason first. */
export function Reasons({ shared }: { shared: readonly SharedView[] }): JSX.Element {
  return (
    <ul class="same-why">
      {shared.map((one) => (
        <li key={one.kind + one.value}>
          {t(`same.${one.kind}`)}{" "}
          <bdi class="address" dir="ltr">
            {one.value}
          </bdi>{" "}
          <Proof verified={one.verified} />
        </li>
      ))}
    </ul>
  );
}

/** Why two may be two after all. */
export function Clashes({ all }: { all: readonly ClashView[] | undefined }): JSX.Element | null {
  if (!all?.length) return null;
  return (
    <div class="same-clash">
      <Alert size={15} />
      <div>
        {all.map((one) => (
          <div key={one.kind}>
            <p>{t(`same.clash.${one.kind}`)}</p>
            <p>
              {t("same.ours")} <bdi dir="ltr">{one.ours.join(", ")}</bdi>
            </p>
            <p>
              {t("same.theirs")} <bdi dir="ltr">{one.theirs.join(", ")}</bdi>
            </p>
          </div>
        ))}
      </div>
    </div>
  );
}

interface OtherProps {
  contact: string;
  name: string;
  act: string;
  onAct: () => void;
  word: ComponentChildren;
  children: ComponentChildren;
}

/** Another contact with the one thing that can be done about it; `act` says what, by name. */
function Other({ contact, name, act, onAct, word, children }: OtherProps): JSX.Element {
  return (
    <li class="same-one">
      <div class="same-head">
        <Face id={contact} name={name} size={26} />
        <bdi>{name}</bdi>
        <button
          type="button"
          class="button button-small"
          disabled={link.value !== "live"}
          aria-label={act}
          onClick={onAct}
        >
          {word}
        </button>
      </div>
      {children}
    </li>
  );
}

function Suggestion({ one }: { one: SameView }): JSX.Element {
  const name = one.name || t("row.noname");
  const merge = () => {
    merging.value = one;
    dialog.value = "merge";
  };
  const word = (
    <>
      <Join size={15} />
      {t("same.merge")}
    </>
  );
  return (
    <Other contact={one.contact} name={name} act={t("same.merge.with", { name })} onAct={merge} word={word}>
      <Reasons shared={one.shared} />
      <Clashes all={one.clashes} />
    </Other>
  );
}

function Member({ one }: { one: MemberView }): JSX.Element {
  const name = one.name || t("row.noname");
  const undo = () => void undoMerge(one.merge);
  return (
    <Other
      contact={one.contact}
      name={name}
      act={t("same.undo.of", { name })}
      onAct={undo}
      word={t("toast.undo")}
    >
      <Addresses all={one.identities} />
      <p class="quiet">
        {t("same.by", { name: one.by || t("event.somebody"), date: date(one.at) })}
        {one.reason && (
          <>
            {" "}
            · <bdi>{one.reason}</bdi>
          </>
        )}
      </p>
    </Other>
  );
}

/** Who this may be too, and who was merged; nothing where there is neither. */
export function SamePerson({ contact }: { contact: ContactView }): JSX.Element {
  const { same = [], members = [] } = contact;
  return (
    <>
      {same.length > 0 && (
        <Section title={t("same.title")}>
          <ul class="same-list">
            {same.map((one) => (
              <Suggestion key={one.contact} one={one} />
            ))}
          </ul>
        </Section>
      )}
      {members.length > 0 && (
        <Section title={t("same.members")}>
          <ul class="same-list">
            {members.map((one) => (
              <Member key={one.merge} one={one} />
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}
