/** A password that is shown once: made in this browser, kept nowhere. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Dialog } from "../../parts/Dialog";
import { api } from "../api";
import { makePassword } from "../model/password";
import type { Agent } from "../model/records";
import { t } from "../words";
import { CopyButton } from "./dialogs";
import { useAct } from "./useAct";
import { Wrong } from "./Wrong";

export interface Secret {
  person: Agent;
  /** Null: not made yet; the dialog asks first. */
  password: string | null;
  /** The account is new. */
  made: boolean;
}

export function SecretDialog({ secret, onClose }: { secret: Secret; onClose: () => void }): JSX.Element {
  const { person } = secret;
  const [password, setPassword] = useState(secret.password);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, act] = useAct(setProblem);
  const make = () =>
    act(async () => {
      const fresh = makePassword();
      await api.changeAgent(person.id, { password: fresh });
      setPassword(fresh);
    });
  const title = secret.made
    ? t("people.created", { name: person.name })
    : t("people.password.title", { name: person.name });
  if (password === null) {
    return (
      <Dialog title={title} onClose={onClose}>
        <p>{t("people.password.ask", { name: person.name })}</p>
        <Wrong role="alert">{problem}</Wrong>
        <div class="dialog-foot">
          <button type="button" class="button" data-first onClick={onClose}>
            {t("form.cancel")}
          </button>
          <button type="button" class="button button-main" disabled={busy} onClick={() => void make()}>
            {t("people.password.do")}
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog key="shown" title={title} onClose={onClose}>
      <p>{t(secret.made ? "people.password.made" : "people.password.done", { name: person.name })}</p>
      <dl class="secret">
        <div>
          <dt>{t("people.login")}</dt>
          <dd dir="ltr">{person.login}</dd>
        </div>
        <div>
          <dt>{t("people.password")}</dt>
          <dd dir="ltr" class="secret-word">
            {password}
          </dd>
        </div>
      </dl>
      <div class="dialog-foot">
        <button type="button" class="button" onClick={onClose}>
          {t("people.password.kept")}
        </button>
        <CopyButton main text={t("people.credentials", { login: person.login, password })} />
      </div>
    </Dialog>
  );
}
