/** What callers hear now, and how the draft becomes that. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Spark } from "../../../../ui/icons";
import { Dialog } from "../../../parts/Dialog";
import { toast } from "../../../toasts";
import { flowApi } from "../../flowApi";
import type { FlowRecord } from "../../model/flow";
import { follow, hrefOf } from "../../nav";
import { inboxName } from "../../store";
import { t } from "../../words";
import { Frame } from "../fields";
import { useAct } from "../useAct";

/** Which version callers hear, and at which numbers. */
export function Standing({ record }: { record: FlowRecord }): JSX.Element {
  return (
    <>
      {record.version === 0
        ? t("flow.live.none")
        : t(record.unpublished ? "flow.live.older" : "flow.live", { n: record.version })}{" "}
      {record.numbers.length === 0 ? (
        t("flow.numbers.none")
      ) : (
        <>
          {t("flow.numbers")}{" "}
          {record.numbers.map((one) => (
            <a
              key={one}
              class="link"
              href={hrefOf("inboxes", one)}
              onClick={(event) => follow(event, "inboxes", one)}
            >
              <bdi>{inboxName(one)}</bdi>
            </a>
          ))}
        </>
      )}
    </>
  );
}

interface PublishProps {
  record: FlowRecord;
  /** Why it cannot be published now, in words. */
  held: string | null;
  onDone: (record: FlowRecord) => void;
}

export function PublishButton({ record, held, onDone }: PublishProps): JSX.Element {
  const [asks, setAsks] = useState(false);
  return (
    <>
      <button
        type="button"
        class="button button-main"
        disabled={held !== null}
        aria-describedby={held ? "flow-held" : undefined}
        onClick={() => setAsks(true)}
      >
        <Spark size={16} />
        {t("flow.publish")}
      </button>
      {held && (
        <small class="quiet" id="flow-held">
          {held}
        </small>
      )}
      {asks && <PublishDialog record={record} onDone={onDone} onClose={() => setAsks(false)} />}
    </>
  );
}

function PublishDialog(props: Omit<PublishProps, "held"> & { onClose: () => void }): JSX.Element {
  const { record, onClose } = props;
  const [note, setNote] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, act] = useAct(setWrong);
  const publish = () =>
    act(async () => {
      const published = await flowApi.publish(record.id, record.revision, note);
      toast(t("flow.published", { n: published.version }));
      props.onDone(published);
      onClose();
    });
  return (
    <Dialog title={t("flow.publish.title")} onClose={onClose}>
      <form
        class="confirm"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void publish();
        }}
      >
        <p>{t("flow.publish.text")}</p>
        <Frame label={t("flow.publish.note")} hint={t("flow.publish.note.hint")} problem={wrong}>
          {(wiring) => (
            <input
              {...wiring}
              class="control"
              dir="auto"
              data-first
              maxLength={200}
              value={note}
              onInput={(event) => setNote(event.currentTarget.value)}
            />
          )}
        </Frame>
        <div class="dialog-foot">
          <button type="button" class="button" onClick={onClose}>
            {t("form.cancel")}
          </button>
          <button type="submit" class="button button-main" disabled={busy}>
            {t("flow.publish")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
