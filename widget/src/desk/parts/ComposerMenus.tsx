import type { JSX } from "preact";
import type { AgentView, CannedView } from "../../wire/desk.types";
import { statusText, t } from "../i18n";
import { Face } from "./common";
import { statusTone } from "./Presence";

interface CannedMenuProps {
  found: readonly CannedView[];
  at: number;
  query: string;
  preview: (one: CannedView) => string;
  pick: (one: CannedView) => void;
  hover: (n: number) => void;
}

/** Canned replies that fit, with the chosen one as it would be sent. */
export function CannedMenu({ found, at, query, preview, pick, hover }: CannedMenuProps): JSX.Element {
  const chosen = found[at];
  return (
    <div class="complete complete-canned" role="listbox" id="complete" aria-label={t("composer.canned")}>
      {found.length === 0 && <p class="complete-none">{t("composer.canned.none", { query })}</p>}
      <div class="complete-list">
        {found.map((one, n) => (
          <div
            key={one.id}
            id={`complete-${n}`}
            role="option"
            tabIndex={-1}
            aria-selected={n === at}
            class="complete-item"
            onPointerMove={() => hover(n)}
            onPointerDown={(event) => {
              event.preventDefault();
              pick(one);
            }}
          >
            <span class="complete-name" dir="auto">
              /{one.shortcut}
            </span>
            <span class="complete-text" dir="auto">
              {one.text}
            </span>
          </div>
        ))}
      </div>
      {chosen && (
        <p class="complete-preview" dir="auto" aria-hidden="true">
          {preview(chosen)}
        </p>
      )}
    </div>
  );
}

interface MentionMenuProps {
  found: readonly AgentView[];
  at: number;
  pick: (one: AgentView) => void;
  hover: (n: number) => void;
}

/** Colleagues to mention in a note. */
export function MentionMenu({ found, at, pick, hover }: MentionMenuProps): JSX.Element {
  return (
    <div class="complete" role="listbox" id="complete" aria-label={t("composer.mention")}>
      {found.map((one, n) => (
        <div
          key={one.id}
          id={`complete-${n}`}
          role="option"
          tabIndex={-1}
          aria-selected={n === at}
          class="complete-item complete-person"
          onPointerMove={() => hover(n)}
          onPointerDown={(event) => {
            event.preventDefault();
            pick(one);
          }}
        >
          <Face id={one.id} name={one.name} size={24} />
          <bdi>{one.name}</bdi>
          <span class="complete-status">
            <i class={`status-dot is-${statusTone(one.status)}`} /> {statusText(one.status)}
          </span>
        </div>
      ))}
    </div>
  );
}
