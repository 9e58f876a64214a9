/** One account: who it is, what it may do, what it works on, its access. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { deskConfig } from "../../config";
import { Empty } from "../../parts/common";
import { toast } from "../../toasts";
import { api } from "../api";
import { checkAgent } from "../model/check";
import { makePassword } from "../model/password";
import type { Agent } from "../model/records";
import { to } from "../nav";
import { ChoiceField, ManyField, SelectField } from "../parts/choices";
import { ConfirmDialog } from "../parts/dialogs";
import { Form } from "../parts/FormParts";
import { NumberField, TextField } from "../parts/fields";
import { Key } from "../parts/icons";
import { Block, Coming, Page } from "../parts/Page";
import { PhoneField } from "../parts/PhoneField";
import { SkillsField } from "../parts/Rings";
import { type Secret, SecretDialog } from "../parts/SecretDialog";
import { tooDear, UnitsField } from "../parts/Units";
import { useAct } from "../parts/useAct";
import { useDraft } from "../parts/useDraft";
import { Wrong } from "../parts/Wrong";
import { agents, channels, inboxes, keep, mayChange, queues, useLoad, workplace } from "../store";
import { t } from "../words";

const FIELDS = [
  "name",
  "login",
  "role",
  "languages",
  "queues",
  "skills",
  "teams",
  "capacity",
  "maxima",
  "phone",
  "locale",
] as const;
const BLANK: Agent = {
  id: "",
  login: "",
  name: "",
  role: "agent",
  locale: "fa",
  languages: ["fa", "en"],
  queues: [],
  capacity: 100,
  active: true,
  status: "offline",
  connected: false,
  skills: {},
  teams: [],
  maxima: {},
  phone: "",
};

const tidy = (one: Agent): Agent => ({
  ...one,
  name: one.name.trim().replace(/\s+/g, " "),
  login: one.login.trim(),
  phone: one.phone.trim(),
});

export function Person({ id }: { id: string }): JSX.Element {
  useLoad(agents, queues, workplace, channels, inboxes);
  const all = agents.data.value;
  const isNew = id === "new";
  const found = isNew ? BLANK : all?.find((one) => one.id === id);
  if (!all || !queues.data.value || !workplace.data.value) {
    return (
      <Page title={t(isNew ? "people.new" : "people.title")} parent="people">
        <Coming needed={[agents, queues, workplace]} rows={8} />
      </Page>
    );
  }
  if (!found || (isNew && !mayChange())) {
    return (
      <Page title={t("people.title")} parent="people">
        <Empty title={t("admin.nowhere")} hint={t("admin.nowhere.hint")} />
      </Page>
    );
  }
  return (
    <PersonForm
      key={id}
      person={isNew ? { ...BLANK, locale: deskConfig().me.locale } : found}
      isNew={isNew}
    />
  );
}

function PersonForm({ person, isNew }: { person: Agent; isNew: boolean }): JSX.Element {
  const readOnly = !mayChange();
  const [secret, setSecret] = useState<Secret | null>(null);
  const draft = useDraft<Agent>(
    {
      stored: person,
      isNew,
      fields: FIELDS,
      tidy,
      check: (one) => checkAgent(one, agents.data.peek() ?? []),
      latest: isNew
        ? undefined
        : async () => (await api.agents()).find((one) => one.id === person.id) ?? null,
      send: async (changes, whole) => {
        if (!isNew) return api.changeAgent(person.id, changes);
        const password = makePassword();
        const written = Object.fromEntries(FIELDS.map((field) => [field, whole[field]]));
        const made = await api.createAgent({ ...written, password });
        setSecret({ person: made, password, made: true });
        return made;
      },
      saved: (stored) => keep(agents, stored),
    },
    readOnly,
  );
  const { value, bind } = draft;
  const costs = workplace.data.value?.costs ?? {};
  const chatCost = costs.webchat || costs["*"] || 25;
  const chats = Math.floor((value.capacity || 0) / chatCost);
  const small = tooDear(costs, value.capacity || 0);
  const ends =
    !isNew && draft.changes.some((one) => one.field === "role")
      ? t("people.ends", { name: person.name })
      : null;
  const lines = (queues.data.value ?? []).map((one) => ({ value: one.id, label: one.name }));
  return (
    <Page title={isNew ? t("people.new") : person.name} parent="people">
      <Form draft={draft} readOnly={readOnly} warning={ends} onCancel={() => to("people")}>
        <Block title={t("people.identity")}>
          <TextField {...bind("name")} label={t("people.name")} hint={t("people.name.hint")} />
          <TextField {...bind("login")} label={t("people.login")} hint={t("people.login.hint")} ltr />
          <SelectField
            {...bind("locale")}
            label={t("people.locale")}
            options={(["fa", "en"] as const).map((one) => ({ value: one, label: t(`lang.${one}`) }))}
          />
        </Block>
        <Block title={t("people.may")}>
          <ChoiceField
            {...bind("role")}
            label={t("people.role")}
            options={(["agent", "supervisor", "bot_admin", "admin"] as const).map((one) => ({
              value: one,
              label: t(`role.${one}`),
              hint: t(`role.${one}.hint`),
            }))}
          />
        </Block>
        <Block title={t("people.work")}>
          <ManyField
            {...bind("queues")}
            label={t("people.queues")}
            hint={t(value.queues.length === 0 ? "people.queues.none" : "people.queues.hint")}
            options={lines}
          />
          <ManyField
            {...bind("languages")}
            label={t("people.languages")}
            hint={t("people.languages.hint")}
            options={(["fa", "en"] as const).map((one) => ({ value: one, label: t(`lang.${one}`) }))}
          />
          <SkillsField {...bind("skills")} skills={workplace.data.value?.skills ?? []} />
          {(workplace.data.value?.teams ?? []).length > 0 && (
            <ManyField
              {...bind("teams")}
              label={t("field.teams")}
              options={(workplace.data.value?.teams ?? []).map((one) => ({ value: one, label: one }))}
            />
          )}
          <NumberField
            {...bind("capacity")}
            label={t("people.capacity")}
            hint={
              <>
                {t("people.capacity.hint")}
                {small && (
                  <strong class="is-warned"> {t("people.capacity.small", { channels: small })}</strong>
                )}
              </>
            }
            after={t("people.capacity.chats", { n: chats })}
          />
          <UnitsField {...bind("maxima")} label={t("field.maxima")} hint={t("people.maxima.hint")} />
          <PhoneField {...bind("phone")} />
        </Block>
        {isNew && (
          <Block title={t("people.access")}>
            <p class="remark">
              <Key size={18} />
              {t("people.password.auto")}
            </p>
          </Block>
        )}
      </Form>
      {!isNew && !readOnly && (
        <Access person={agents.data.value?.find((one) => one.id === person.id) ?? person} show={setSecret} />
      )}
      {secret && (
        <SecretDialog
          secret={secret}
          onClose={() => {
            setSecret(null);
            if (isNew) to("people", secret.person.id);
          }}
        />
      )}
    </Page>
  );
}

/** What takes effect at once, apart from the form: password and (de)activation. */
function Access({ person, show }: { person: Agent; show: (secret: Secret) => void }): JSX.Element {
  const [asks, setAsks] = useState(false);
  const own = person.id === deskConfig().me.id;
  const activate = async (active: boolean) => {
    keep(agents, await api.changeAgent(person.id, { active }));
    toast(t(active ? "people.activated" : "people.deactivated", { name: person.name }));
    setAsks(false);
  };
  return (
    <>
      <Block title={t("people.password")} lead={own ? undefined : t("people.password.lead")}>
        {own ? (
          <p class="remark">
            {t("people.password.own")}{" "}
            <button type="button" class="link" onClick={() => to("account")}>
              {t("people.password.go")}
            </button>
          </p>
        ) : (
          <div>
            <button
              type="button"
              class="button"
              onClick={() => show({ person, password: null, made: false })}
            >
              <Key size={16} />
              {t("people.password.new")}
            </button>
          </div>
        )}
      </Block>
      {!own && (
        <Block
          title={t("people.state")}
          lead={t(person.active ? "people.deactivate.lead" : "people.activate.lead")}
        >
          <div>
            {person.active ? (
              <button type="button" class="button button-warn" onClick={() => setAsks(true)}>
                {t("people.deactivate")}
              </button>
            ) : (
              <ActivateButton run={() => activate(true)} />
            )}
          </div>
        </Block>
      )}
      {asks && (
        <ConfirmDialog
          title={t("people.deactivate.title", { name: person.name })}
          text={t("people.deactivate.text", { name: person.name })}
          word={person.login}
          action={t("people.deactivate.do")}
          run={() => activate(false)}
          onClose={() => setAsks(false)}
        />
      )}
    </>
  );
}

function ActivateButton({ run }: { run: () => Promise<void> }): JSX.Element {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, act] = useAct(setProblem);
  return (
    <>
      <button type="button" class="button" disabled={busy} onClick={() => void act(run)}>
        {t("people.activate")}
      </button>
      <Wrong role="alert">{problem}</Wrong>
    </>
  );
}
