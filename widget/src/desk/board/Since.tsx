import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { span } from "../../ui/format";
import { locale } from "../../ui/i18n";
import { serverNow, tick } from "../desk";
import { waitLevel } from "../state/lists";

interface SinceProps {
  at: number;
  /** Colours it by how pressing a wait is. */
  pressing?: boolean;
}

/** How long ago something began, going on by itself: nothing is drawn again, only the text where it reads otherwise. */
export function Since({ at, pressing = false }: SinceProps): JSX.Element {
  const [text, level] = useMemo(() => {
    const waited = computed(() => {
      tick.value;
      return Math.max(0, serverNow() - at);
    });
    return [
      computed(() => {
        locale.value;
        return span(waited.value);
      }),
      computed(() => (pressing ? `tabular is-${waitLevel(true, waited.value)}` : "tabular")),
    ] as const;
  }, [at, pressing]);
  return <span class={level}>{text}</span>;
}
