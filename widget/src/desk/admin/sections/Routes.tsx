/** Which conversation goes to which queue: rules in order, of which the first that holds decides. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Plus } from "../../../ui/icons";
import { api } from "../api";
import type { Rule } from "../model/records";
import { BLANK_CONDITION, isRight } from "../model/routes";
import { Form } from "../parts/FormParts";
import { useMover } from "../parts/Movable";
import { LoadFailed, Page, Waiting } from "../parts/Page";
import { RuleCard } from "../parts/RuleCard";
import { TryOut } from "../parts/TryOut";
import { type Draft, useDraft } from "../parts/useDraft";
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
        <Cards draft={draft} readOnly={readOnly} tried={problem !== null} />
        {problem && !inside && (
          <p class="entry-problem" role="alert">
            {problem}
          </p>
        )}
      </Form>
      <TryOut rules={draft.value.rules} />
    </>
  );
}

interface CardsProps {
  draft: Draft<{ rules: Rule[] }>;
  readOnly: boolean;
  tried: boolean;
}

/** The rules in order, one of them unfolded. */
function Cards({ draft, readOnly, tried }: CardsProps): JSX.Element {
  const [open, setOpen] = useState<number | null>(null);
  const all = draft.value.rules;
  const put = (next: Rule[]) => draft.set({ rules: next });
  const { list, move, onKey } = useMover(all.length, (from, by) => {
    const next = all.filter((_, n) => n !== from);
    const moved = all[from];
    if (moved) put([...next.slice(0, from + by), moved, ...next.slice(from + by)]);
    if (open !== null) setOpen(movedTo(open, from, from + by));
  });
  const add = () => {
    setOpen(all.length);
    put([...all, { name: "", when: BLANK_CONDITION, queue: null, priority: 0, needs: [] }]);
  };
  return (
    <>
      {all.length === 0 && <p class="remark">{t("routes.none")}</p>}
      <ol class="rings" ref={list}>
        {all.map((rule, n) => (
          <RuleCard
            key={n}
            rule={rule}
            place={n}
            count={all.length}
            readOnly={readOnly}
            open={open === n}
            onFold={() => setOpen(open === n ? null : n)}
            tried={tried}
            wrong={draft.problemAt(`rules.${n}`) !== null}
            problemAt={(part) => draft.problemAt(`rules.${n}.${part}`)}
            onChange={(changed) => put(all.map((one, at) => (at === n ? changed : one)))}
            onMove={move}
            onKey={onKey(n)}
            onRemove={() => {
              setOpen(null);
              put(all.filter((_, at) => at !== n));
            }}
          />
        ))}
      </ol>
      {!readOnly && all.length < MOST && (
        <div class="rings-add">
          <button type="button" class="button" onClick={add}>
            <Plus size={16} />
            {t("routes.add")}
          </button>
        </div>
      )}
    </>
  );
}

/** Where an entry stands after another, or itself, has moved. */
function movedTo(at: number, from: number, to: number): number {
  if (at === from) return to;
  if (from < at && at <= to) return at - 1;
  return to <= at && at < from ? at + 1 : at;
}
