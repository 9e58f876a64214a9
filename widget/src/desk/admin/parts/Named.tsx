/** Records that get their id here, and how one is deleted. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Trash } from "../../../ui/icons";
import { ConfirmDialog } from "./dialogs";
import { Block } from "./Page";

/** An id that the hub takes, whatever the script of the name. */
export function freshId(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return `${prefix}-${[...bytes].map((one) => one.toString(16).padStart(2, "0")).join("")}`;
}

interface DeleteProps {
  /** What has to be typed. */
  name: string;
  lead: string;
  title: string;
  text: string;
  /** The button that asks, and the one that does it. */
  ask: string;
  action: string;
  run: () => Promise<void>;
}

export function DeleteBlock(props: DeleteProps): JSX.Element {
  const [asks, setAsks] = useState(false);
  return (
    <Block title={props.action} lead={props.lead}>
      <div>
        <button type="button" class="button button-warn" onClick={() => setAsks(true)}>
          <Trash size={16} />
          {props.ask}
        </button>
      </div>
      {asks && (
        <ConfirmDialog
          title={props.title}
          text={props.text}
          word={props.name}
          action={props.action}
          run={props.run}
          onClose={() => setAsks(false)}
        />
      )}
    </Block>
  );
}
