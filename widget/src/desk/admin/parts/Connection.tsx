/** What stands around a channel's settings: the test of the connection, what the provider must know, a secret made anew. */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Alert, Check } from "../../../ui/icons";
import { Dialog } from "../../parts/Dialog";
import { api, asRefusal } from "../api";
import type { Finding, Inbox, Setting, SettingField } from "../model/records";
import { inboxes, keep } from "../store";
import { isWord, refusalText, t } from "../words";
import { CopyButton } from "./dialogs";
import { fieldText } from "./say";
import { useAct } from "./useAct";
import { Wrong } from "./Wrong";

/** The secrets of the inbox that was opened last, until the reader goes elsewhere: they are never sent again. */
export const justMade = signal<{ inbox: string; shown: Record<string, string> } | null>(null);

/** Grows with each secret that was made anew: the page begins again with what is stored then. */
export const madeAnew = signal(0);

function findingText({ code, ok }: Finding): string {
  const key = `finding.${code}`;
  return isWord(key) ? t(key) : t(ok ? "finding.other.good" : "finding.other.bad", { code });
}

type Tried = { findings: Finding[] } | { refused: string } | "busy" | null;

interface TestProps {
  inbox: Inbox;
  /** What is not saved yet. */
  unsaved: Record<string, Setting>;
  /** Something in the form is wrong: it has to be put right first. */
  wrong: boolean;
  /** Tries at once, without being asked. */
  atOnce: boolean;
}

/** "Test connection": what works and what does not, in words, with the other side's own words beneath. */
export function ConnectionTest({ inbox, unsaved, wrong, atOnce }: TestProps): JSX.Element {
  const [tried, setTried] = useState<Tried>(null);
  const run = useRef(0);
  const asked = JSON.stringify(unsaved);
  const test = async () => {
    const mine = ++run.current;
    if (wrong) {
      setTried({ refused: t("test.first") });
      return;
    }
    setTried("busy");
    let result: Tried;
    try {
      result = { findings: await api.checkInbox(inbox.id, unsaved) };
    } catch (error) {
      const { code, field } = asRefusal(error);
      const about = field?.startsWith("settings.")
        ? `${fieldText(`${inbox.channel}.${field.slice(9)}`)}: `
        : "";
      result = { refused: about + refusalText(code) };
    }
    if (mine === run.current) setTried(result);
  };
  useEffect(() => {
    if (atOnce) void test();
    return () => {
      run.current++;
    };
  }, []);
  // What was found is about what stood there then.
  const first = useRef(true);
  useEffect(() => {
    if (first.current) first.current = false;
    else {
      run.current++;
      setTried(null);
    }
  }, [asked]);
  return (
    <div class="test">
      <div class="test-row">
        <button type="button" class="button" disabled={tried === "busy"} onClick={() => void test()}>
          {t(tried === "busy" ? "test.busy" : "test.do")}
        </button>
        <span class="quiet">{t("test.hint")}</span>
      </div>
      <div role="status" class="test-said">
        {tried !== null && tried !== "busy" && <Said tried={tried} channel={inbox.channel} />}
      </div>
    </div>
  );
}

function Said({
  tried,
  channel,
}: {
  tried: { findings: Finding[] } | { refused: string };
  channel: string;
}): JSX.Element {
  if ("refused" in tried) return <Wrong>{tried.refused}</Wrong>;
  if (tried.findings.length === 0) return <p class="quiet">{t("test.nothing")}</p>;
  const good = tried.findings.every((one) => one.ok);
  return (
    <>
      <p class={`test-verdict ${good ? "is-good" : "is-bad"}`}>{t(good ? "test.good" : "test.bad")}</p>
      <ul class="findings">
        {tried.findings.map((one, n) => (
          <li key={n} class={one.ok ? "is-good" : "is-bad"}>
            {one.ok ? <Check size={16} /> : <Alert size={16} />}
            <div>
              {one.field && <b>{fieldText(`${channel}.${one.field}`)}: </b>}
              {findingText(one)}
              {one.detail && (
                <p class="finding-detail">
                  <q>
                    <bdi>{one.detail}</bdi>
                  </q>
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

/** A value to be entered elsewhere, with a button that copies it. */
function Fact({ label, value, hint }: { label: string; value: string; hint?: string }): JSX.Element {
  return (
    <div class="entry">
      <p class="entry-label">{label}</p>
      <div class="snippet">
        <pre dir="ltr">
          <code>{value}</code>
        </pre>
        <CopyButton text={value} label={`${t("copy.do")}: ${label}`} />
      </div>
      {hint && <p class="entry-hint">{hint}</p>}
    </div>
  );
}

/** Whether there is anything that the provider must be told. */
export function hasFacts(inbox: Inbox): boolean {
  return inbox.webhook !== null || shownOf(inbox).length > 0;
}

function shownOf(inbox: Inbox): [string, string][] {
  return justMade.value?.inbox === inbox.id ? Object.entries(justMade.value.shown) : [];
}

/** The own words of the channel, or of the dialect that it speaks here, for something, where there are any. */
function ownWords(
  inbox: Inbox,
  what: string,
  usual: "provider.title" | "provider.lead" | "provider.webhook.hint",
): string {
  const keys = [
    `channel.${inbox.channel}.${inbox.settings.dialect}.${what}`,
    `channel.${inbox.channel}.${what}`,
  ];
  return t(keys.find(isWord) ?? usual);
}

/** Where the reader has to take what `ProviderFacts` shows. */
export function providerTitle(inbox: Inbox): string {
  return ownWords(inbox, "provider.title", "provider.title");
}

/** What the reader has to do with what `ProviderFacts` shows. */
export function providerLead(inbox: Inbox): string {
  return ownWords(inbox, "provider", "provider.lead");
}

/** What the provider must be told: the webhook's address, and secrets while they can be seen. */
export function ProviderFacts({ inbox }: { inbox: Inbox }): JSX.Element {
  const shown = shownOf(inbox);
  return (
    <>
      {inbox.webhook !== null && (
        <Fact
          label={t("provider.webhook")}
          value={inbox.webhook}
          hint={ownWords(inbox, "webhook.hint", "provider.webhook.hint")}
        />
      )}
      {shown.map(([name, value]) => {
        const hint = `channel.${inbox.channel}.${name}.hint`;
        return (
          <Fact
            key={name}
            label={fieldText(`${inbox.channel}.${name}`)}
            value={value}
            hint={isWord(hint) ? t(hint) : undefined}
          />
        );
      })}
      {shown.length > 0 && (
        <p class="remark is-warned">
          <Alert size={16} />
          {t("provider.once")}
        </p>
      )}
    </>
  );
}

/** Makes one of the hub's own secrets anew, once the reader has said so; shows it once where the provider must know it. */
export function AgainDialog(props: { inbox: Inbox; field: SettingField; onClose: () => void }): JSX.Element {
  const { inbox, field } = props;
  const label = fieldText(`${inbox.channel}.${field.name}`);
  const [fresh, setFresh] = useState<Record<string, string> | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, act] = useAct(setProblem);
  const make = () =>
    act(async () => {
      const made = await api.rotateSecret(inbox.id, field.name);
      justMade.value = null;
      keep(inboxes, made.inbox);
      setFresh(made.shown);
    });
  const close = () => {
    props.onClose();
    if (fresh !== null) madeAnew.value++;
  };
  const title = t("secret.again.title", { field: label });
  if (fresh !== null) {
    const secret = fresh[field.name];
    return (
      <Dialog key="shown" title={title} onClose={close}>
        <p>{t(secret ? "secret.again.done" : "secret.again.done.silent")}</p>
        {secret && (
          <dl class="secret">
            <div>
              <dt>{label}</dt>
              <dd dir="ltr" class="secret-word">
                {secret}
              </dd>
            </div>
          </dl>
        )}
        <div class="dialog-foot">
          <button type="button" class="button" data-first={secret ? undefined : true} onClick={close}>
            {t(secret ? "secret.kept" : "form.close")}
          </button>
          {secret && <CopyButton main text={secret} />}
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={title} onClose={props.onClose}>
      <p>{t(field.shown ? "secret.again.ask" : "secret.again.ask.silent")}</p>
      <Wrong role="alert">{problem}</Wrong>
      <div class="dialog-foot">
        <button type="button" class="button" data-first onClick={props.onClose}>
          {t("form.cancel")}
        </button>
        <button type="button" class="button button-main" disabled={busy} onClick={() => void make()}>
          {t("secret.again.do")}
        </button>
      </div>
    </Dialog>
  );
}
