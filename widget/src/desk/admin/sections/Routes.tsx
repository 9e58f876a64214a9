/** Which conversation goes to which queue: rules in order, of which the first that holds decides. */
import type { JSX } from "preact";
import { api } from "../api";
import type { Rule } from "../model/records";
import { BLANK_CONDITION, isRight } from "../model/routes";
import { Form } from "../parts/FormParts";
import { Coming, Page } from "../parts/Page";
import { RouteFields, routeInLine } from "../parts/RouteFields";
import { RuleList } from "../parts/RuleList";
import { TryOut } from "../parts/TryOut";
import { useDraft } from "../parts/useDraft";
import { Wrong } from "../parts/Wrong";
import { calendars, channels, inboxes, mayChange, queues, routes, useLoad, workplace } from "../store";
import { t } from "../words";

const BLANK: Rule = { name: "", when: BLANK_CONDITION, queue: null, priority: 0, needs: [] };

export function Routes(): JSX.Element {
  useLoad(routes, queues, inboxes, channels, calendars, workplace);
  const needed = [routes, queues, inboxes, workplace];
  return (
    <Page title={t("routes.title")} lead={t("routes.lead")}>
      {routes.data.value && needed.every((one) => one.data.value) ? (
        <RoutesForm rules={routes.data.value} />
      ) : (
        <Coming needed={needed} rows={8} />
      )}
    </Page>
  );
}

function RoutesForm({ rules }: { rules: Rule[] }): JSX.Element {
  const readOnly = !mayChange();
  const draft = useDraft<{ rules: Rule[] }>(
    {
      stored: { rules },
      fields: ["rules"],
      check: (one): { rules?: { key: "routes" } } =>
        one.rules.every(isRight) ? {} : { rules: { key: "routes" } },
      latest: async () => ({ rules: await api.routes() }),
      send: async (_, whole) => ({ rules: await api.changeRoutes(whole.rules) }),
      saved: (stored) => routes.set(stored.rules),
    },
    readOnly,
  );
  const { problem } = draft.bind("rules");
  const inside = draft.value.rules.some((_, n) => draft.problemAt(`rules.${n}`) !== null);
  return (
    <>
      <Form draft={draft} readOnly={readOnly}>
        <RuleList
          rules={draft.value.rules}
          put={(next) => draft.set({ rules: next })}
          problemAt={draft.problemAt}
          readOnly={readOnly}
          tried={problem !== null}
          blank={BLANK}
          isRight={isRight}
          words={{ none: t("routes.none"), add: t("routes.add"), unnamed: (n) => t("routes.new", { n }) }}
          summary={routeInLine}
          Fields={RouteFields}
        />
        {problem && !inside && <Wrong role="alert">{problem}</Wrong>}
      </Form>
      <TryOut rules={draft.value.rules} />
    </>
  );
}
