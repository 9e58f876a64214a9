/** What everybody may change of themselves. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { locale, setLocale } from "../../../ui/i18n";
import type { Locale } from "../../../wire/desk.types";
import { deskConfig } from "../../config";
import { theme } from "../../prefs";
import { toast } from "../../toasts";
import { ApiError, api } from "../api";
import { checkPassword, type PasswordForm } from "../model/check";
import { ChoiceField, Switch } from "../parts/choices";
import { Form } from "../parts/FormParts";
import { TextField } from "../parts/fields";
import { Block, Page } from "../parts/Page";
import { useDraft } from "../parts/useDraft";
import { myRole, profile, useLoad } from "../store";
import { t } from "../words";

export function Account(): JSX.Element {
  useLoad(profile);
  const login = profile.data.value?.login ?? deskConfig().me.name;
  return (
    <Page title={t("account.title")} lead={t("account.lead", { login, role: t(`role.${myRole()}`) })}>
      <Taste key={locale.value} />
      <Password />
    </Page>
  );
}

function Taste(): JSX.Element {
  const draft = useDraft<{ locale: Locale }>({
    stored: { locale: locale.peek() },
    fields: ["locale"],
    check: () => ({}),
    send: async (changes) => ({ locale: (await api.changeMe(changes)).locale }),
    saved: (stored) => setLocale(stored.locale),
  });
  return (
    <Form draft={draft}>
      <Block title={t("account.taste")}>
        <ChoiceField
          {...draft.bind("locale")}
          label={t("account.language")}
          hint={t("account.language.hint")}
          options={[
            { value: "fa", label: "فارسی" },
            { value: "en", label: "English" },
          ]}
        />
        <ChoiceField
          name="theme"
          value={theme.value}
          problem={null}
          readOnly={false}
          onChange={(next) => {
            theme.value = next;
          }}
          onLeave={() => undefined}
          label={t("account.theme")}
          hint={t("account.theme.hint")}
          options={(["system", "light", "dark"] as const).map((value) => ({
            value,
            label: t(`account.theme.${value}`),
          }))}
        />
      </Block>
    </Form>
  );
}

const EMPTY: PasswordForm = { old: "", new: "", again: "" };

/** The hub names the field `password`; this form has two of them. */
function fieldOf(error: unknown): never {
  if (!(error instanceof ApiError)) throw error;
  if (error.code === "wrong_password") throw new ApiError(error.code, "old");
  throw error.code === "weak_password" ? new ApiError(error.code, "new") : error;
}

function Password(): JSX.Element {
  const [shown, setShown] = useState(false);
  const draft = useDraft<PasswordForm>({
    stored: EMPTY,
    fields: ["old", "new", "again"],
    check: checkPassword,
    send: async (_, whole) => {
      const me = await api.changeMe({ password: { old: whole.old, new: whole.new } }).catch(fieldOf);
      deskConfig().csrf = me.csrf;
      return EMPTY;
    },
    saved: () => toast(t("account.changed")),
  });
  const type = shown ? "text" : "password";
  return (
    <Form draft={draft} secret saveLabel={t("account.change")}>
      <Block title={t("account.password")} lead={t("account.password.lead")}>
        <TextField
          {...draft.bind("old")}
          type={type}
          label={t("account.old")}
          autocomplete="current-password"
          ltr
        />
        <TextField
          {...draft.bind("new")}
          type={type}
          label={t("account.new")}
          hint={t("account.new.hint")}
          autocomplete="new-password"
          ltr
        />
        <TextField
          {...draft.bind("again")}
          type={type}
          label={t("account.again")}
          autocomplete="new-password"
          ltr
        />
        <Switch label={t("account.show")} value={shown} onChange={setShown} />
      </Block>
    </Form>
  );
}
