/** What was published of a flow: when, by whom, what differs, and the way back. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { dateTime, number } from "../../../../ui/format";
import { Dialog } from "../../../parts/Dialog";
import { toast } from "../../../toasts";
import { flowApi } from "../../flowApi";
import { changesOf } from "../../model/diff";
import { type FlowContent, type FlowRecord, type FlowVersion, fieldsOf, partsOf } from "../../model/flow";
import { agents, mayChange } from "../../store";
import { t } from "../../words";
import { ChangeList } from "../FormParts";
import { Block } from "../Page";
import { explain, type Line } from "../say";
import { useAct } from "../useAct";
import { Wrong } from "../Wrong";

interface VersionsProps {
  record: FlowRecord;
  /** As it is written, saved or not. */
  draft: FlowContent;
  /** Callers are led through another version now. */
  onReturn: (record: FlowRecord) => void;
  /** Takes a version over into the draft. */
  onTake: (content: FlowContent) => void;
}

export function FlowVersions({ record, draft, onReturn, onTake }: VersionsProps): JSX.Element {
  const [shown, setShown] = useState<{ version: FlowVersion; content: FlowContent } | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [, act] = useAct(setWrong);
  const open = (version: FlowVersion) =>
    act(async () => setShown({ version, content: await flowApi.version(record.id, version.number) }));
  return (
    <Block title={t("flow.versions")} lead={t("flow.versions.lead")}>
      {record.versions.length === 0 && <p class="remark">{t("flow.versions.none")}</p>}
      <Wrong role="alert">{wrong}</Wrong>
      <ol class="items flow-versions">
        {record.versions.map((one) => (
          <li key={one.number}>
            <span class="list-text">
              <b>{t("flow.version", { n: one.number })}</b>
              {one.number === record.version && <span class="flow-first">{t("flow.version.live")}</span>}
              <small>
                <bdi>{nameOf(one.by)}</bdi> · {dateTime(one.at)}
                {one.note && (
                  <>
                    {" · "}
                    <bdi>{one.note}</bdi>
                  </>
                )}
              </small>
            </span>
            <button
              type="button"
              class="button"
              aria-label={t("flow.version.show.of", { n: one.number })}
              onClick={() => void open(one)}
            >
              {t("flow.version.show")}
            </button>
          </li>
        ))}
      </ol>
      {shown && (
        <VersionDialog
          {...shown}
          record={record}
          draft={draft}
          onReturn={onReturn}
          onTake={onTake}
          onClose={() => setShown(null)}
        />
      )}
    </Block>
  );
}

function nameOf(agent: string): string {
  return agents.data.value?.find((one) => one.id === agent)?.name ?? agent;
}

/** What differs between two flows, a step a line. */
function differences(before: FlowContent, after: FlowContent): Line[] {
  const [old, next] = [partsOf(before), partsOf(after)];
  return changesOf(old, next, fieldsOf(old, next)).flatMap((one) =>
    explain(one.field, one.before, one.after),
  );
}

function VersionDialog(
  props: VersionsProps & { version: FlowVersion; content: FlowContent; onClose: () => void },
): JSX.Element {
  const { record, draft, version, content, onClose } = props;
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, act] = useAct(setWrong);
  const live = version.number === record.version;
  const lines = live ? differences(content, draft) : differences(record.live ?? content, content);
  const goBack = () =>
    act(async () => {
      props.onReturn(await flowApi.goBack(record.id, version.number));
      toast(t("flow.version.used", { n: version.number }));
      onClose();
    });
  return (
    <Dialog title={t("flow.version", { n: version.number })} onClose={onClose} wide>
      <div class="flow-version">
        <p>{t(live ? "flow.version.to.draft" : "flow.version.from.live", { n: record.version })}</p>
        {lines.length === 0 ? (
          <p class="remark">{t("flow.version.same")}</p>
        ) : (
          <ChangeList lines={lines} whole />
        )}
        <Wrong role="alert">{wrong}</Wrong>
        <div class="dialog-foot">
          <button type="button" class="button" data-first onClick={onClose}>
            {t("form.close")}
          </button>
          {mayChange() && (
            <button
              type="button"
              class="button"
              onClick={() => {
                props.onTake(content);
                onClose();
              }}
            >
              {t("flow.version.take")}
            </button>
          )}
          {mayChange() && !live && (
            <button type="button" class="button button-main" disabled={busy} onClick={() => void goBack()}>
              {t("flow.version.use")} <span class="visually-hidden">{number(version.number)}</span>
            </button>
          )}
        </div>
      </div>
    </Dialog>
  );
}
