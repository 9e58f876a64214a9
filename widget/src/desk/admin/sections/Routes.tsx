/** Which conversation goes to which queue: rules in order, of which the first that holds decides. */
import type { JSX } from "preact";
import { Plus } from "../../../ui/icons";
import { api } from "../api";
import type { Rule } from "../model/records";
import { areRight, BLANK_CONDITION } from "../model/routes";
import { Form } from "../parts/FormParts";
import { useMover } from "../parts/Movable";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { RuleCard } from "../parts/RuleCard";
import { TryOut } from "../parts/TryOut";
import { useDraft } from "../parts/useDraft";
import { calendars, channels, inboxes, mayChange, queues, routes, useLoad, workplace } from "../store";
import { t } from "../words";

const MOST = 100;

export function Routes(): JSX.Element {
  useLoad(routes, queues, inboxes, channels, calendars, workplace);
  const loaded = [routes, queues, inboxes, workplace].every((one) => one.data.value);
  const error = routes.error.value ?? queues.error.value ?? inboxes.error.value;
  return (
    <Page title={t("routes.title")} lead={t("routes.lead")}>
      {loaded && routes.data.value ? (
        <RoutesForm rules={routes.data.value} />
      ) : error ? (
        <LoadFailed error={error} retry={() => void routes.load()} />
      ) : (
        <Waiting rows={8} />
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
        areRight(one.rules) ? {} : { rules: { key: "routes" } },
      latest: async () => ({ rules: await api.routes() }),
      send: async (_, whole) => ({ rules: await api.changeRoutes(whole.rules) }),
      saved: (stored) => routes.set(stored.rules),
    },
    readOnly,
  );
  const all = draft.value.rules;
  const put = (next: Rule[]) => draft.set({ rules: next });
  const move = (from: number, by: number) => {
    const next = all.filter((_, n) => n !== from);
    const moved = all[from];
    if (moved) put([...next.slice(0, from + by), moved, ...next.slice(from + by)]);
  };
  const { list, move: moveAlong, onKey } = useMover(all.length, move);
  const { problem } = draft.bind("rules");
  const refusedInside = all.some((_, n) => draft.problemAt(`rules.${n}`) !== null);
  return (
    <>
      <Form draft={draft} readOnly={readOnly}>
        {all.length === 0 && <p class="remark">{t("routes.none")}</p>}
        <ol class="rings" ref={list}>
          {all.map((rule, n) => (
            <RuleCard
              key={n}
              rule={rule}
              place={n}
              count={all.length}
              readOnly={readOnly}
              tried={problem !== null}
              onChange={(changed) => put(all.map((one, at) => (at === n ? changed : one)))}
              problemAt={(part) => draft.problemAt(`rules.${n}.${part}`)}
              onMove={moveAlong}
              onKey={onKey(n)}
              onRemove={() => put(all.filter((_, at) => at !== n))}
            />
          ))}
        </ol>
        {problem && !refusedInside && (
          <p class="entry-problem" role="alert">
            {problem}
          </p>
        )}
        {!readOnly && all.length < MOST && (
          <div>
            <button
              type="button"
              class="button"
              onClick={() =>
                put([...all, { name: "", when: BLANK_CONDITION, queue: null, priority: 0, needs: [] }])
              }
            >
              <Plus size={16} />
              {t("routes.add")}
            </button>
          </div>
        )}
      </Form>
      <TryOut rules={all} />
    </>
  );
}
