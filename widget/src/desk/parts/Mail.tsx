/** What stands around a mail's words: a quiet line under its bubble, and the whole mail in a frame that can do nothing. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { EntryView, PartView } from "../../wire/desk.types";
import { currentId, wholeMail } from "../desk";
import { t, word } from "../i18n";
import { Failed, Skeleton } from "./common";
import { Dialog } from "./Dialog";
import { Mail as MailSign } from "./icons";

function Field({ name, value }: { name: string; value: string | undefined }): JSX.Element | null {
  return value ? (
    <span>
      {name} <bdi>{value}</bdi>
    </span>
  ) : null;
}

/** Subject, people, why the mail is here, and the way to all of it. */
export function MailLine({ mail, entry }: { mail: PartView; entry: EntryView }): JSX.Element {
  const values = mail.values ?? {};
  const id = currentId.value;
  const subject = values.subject || t("mail.nosubject");
  const file = mail.file;
  return (
    <div class="mail">
      <p class="mail-subject">
        <MailSign size={13} />
        <bdi>{subject}</bdi>
      </p>
      <p class="mail-people">
        <Field name={t("mail.from")} value={values.from} />
        {values.from && entry.author === "contact" && values.verified !== "true" && (
          <span class="mail-claimed">{t("mail.claimed")}</span>
        )}
        <Field name={t("mail.to")} value={values.to} />
        <Field name={t("mail.cc")} value={values.cc} />
      </p>
      <p class="mail-people">
        {entry.matched && <span>{t("mail.matched", { why: word("matched", entry.matched) })}</span>}
        {file?.url && id && (
          <button
            type="button"
            class="link"
            onClick={() => {
              wholeMail.value = { conversation: id, file: file.id, subject };
            }}
          >
            {t("mail.whole")}
          </button>
        )}
      </p>
    </div>
  );
}

type Phase = "loading" | "ready" | "error";

/** The whole mail. The hub has made it harmless; the frame runs nothing besides, and loads no pictures from elsewhere until asked. */
export function MailPanel(): JSX.Element | null {
  const mail = wholeMail.value;
  const [pictures, setPictures] = useState(false);
  const [phase, setPhase] = useState<Phase>("loading");
  const [turn, setTurn] = useState(0);
  const base = mail
    ? `/api/conversations/${encodeURIComponent(mail.conversation)}/mail/${encodeURIComponent(mail.file)}`
    : "";
  useEffect(() => {
    setPictures(false);
  }, [base]);
  useEffect(() => {
    if (!base) return;
    const stop = new AbortController();
    setPhase("loading");
    fetch(base, { method: "HEAD", credentials: "same-origin", signal: stop.signal }).then(
      (answer) => setPhase(answer.ok ? "ready" : "error"),
      () => !stop.signal.aborted && setPhase("error"),
    );
    return () => stop.abort();
  }, [base, turn]);
  if (!mail) return null;
  return (
    <Dialog
      title={mail.subject}
      wide
      onClose={() => {
        wholeMail.value = null;
      }}
    >
      {phase === "loading" && <Skeleton rows={6} kind="line" />}
      {phase === "error" && <Failed text={t("mail.error")} retry={() => setTurn(turn + 1)} />}
      {phase === "ready" && (
        <>
          {!pictures && (
            <p class="mail-pictures">
              <span>{t("mail.pictures.hint")}</span>
              <button type="button" class="button button-small" onClick={() => setPictures(true)}>
                {t("mail.pictures")}
              </button>
            </p>
          )}
          <iframe
            key={String(pictures)}
            class="mail-frame"
            title={t("mail.frame", { subject: mail.subject })}
            src={pictures ? `${base}?pictures=1` : base}
            sandbox="allow-popups allow-popups-to-escape-sandbox"
            referrerpolicy="no-referrer"
          />
        </>
      )}
    </Dialog>
  );
}
