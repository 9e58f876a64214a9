/** The frame of every section: its head, its states, its blocks. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Back } from "../../../ui/icons";
import { t as deskWords } from "../../i18n";
import { Empty } from "../../parts/common";
import type { ApiError } from "../api";
import { follow, hrefOf, place } from "../nav";
import type { Loadable } from "../store";
import { isWord, t } from "../words";

interface PageProps {
  title: string;
  lead?: ComponentChildren;
  /** The section that this page lies in; without it, the page is the section itself. */
  parent?: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
}

/** A page with its heading, which gets the focus so that readers of the screen know where they are. */
export function Page({ title, lead, parent, actions, children }: PageProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  const { section, id } = place.value;
  useEffect(() => {
    const held = document.activeElement;
    if (held === document.body || held?.closest(".admin-nav") || held?.closest(".admin-main") === null)
      return;
    heading.current?.focus({ preventScroll: true });
  }, [section, id]);
  const back = parent && isWord(`nav.${parent}`) ? t(`nav.${parent}` as "nav.people") : t("admin.back");
  return (
    <div class="page">
      <header class="page-head">
        <a
          class={`page-back ${parent ? "" : "page-back-root"}`}
          href={hrefOf(parent ?? "")}
          onClick={(event) => follow(event, parent ?? "")}
        >
          <Back size={16} />
          {back}
        </a>
        <div class="page-title">
          <h1 ref={heading} tabIndex={-1}>
            <bdi>{title}</bdi>
          </h1>
          {actions && <div class="page-actions">{actions}</div>}
        </div>
        {lead && <p class="page-lead">{lead}</p>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page, with its heading at the side where there is room. */
export function Block(props: {
  title: string;
  lead?: ComponentChildren;
  children: ComponentChildren;
  tone?: "danger";
}): JSX.Element {
  return (
    <section class={`block ${props.tone ? `block-${props.tone}` : ""}`}>
      <div class="block-head">
        <h2>{props.title}</h2>
        {props.lead && <p>{props.lead}</p>}
      </div>
      <div class="block-body">{props.children}</div>
    </section>
  );
}

/** What went wrong while loading, and how to try again. */
export function LoadFailed({ error, retry }: { error: ApiError; retry: () => void }): JSX.Element {
  const keys = [`load.${error.code}`, `error.${error.code}`];
  const key = error.code === "unknown" ? undefined : keys.find(isWord);
  const why = key && t(key);
  return (
    <div role="alert">
      <Empty title={t("load.failed")} hint={why}>
        {error.code === "unauthorized" ? (
          <a class="button button-main" href="/login">
            {deskWords("link.sign_in")}
          </a>
        ) : (
          <button type="button" class="button" onClick={retry}>
            {t("load.retry")}
          </button>
        )}
      </Empty>
    </div>
  );
}

/** Grey bars that stand for what is on its way; they appear after 300 ms. */
export function Waiting({ rows = 6 }: { rows?: number }): JSX.Element {
  return (
    <div class="waiting" role="status">
      <span class="visually-hidden">{t("load.busy")}</span>
      {Array.from({ length: rows }, (_, n) => (
        <i key={n} />
      ))}
    </div>
  );
}

/** What stands where something that a page needs isn't here yet: grey bars, or what went wrong and how to try again. */
export function Coming({ needed, rows }: { needed: readonly Loadable[]; rows?: number }): JSX.Element {
  const failed = needed.filter((one) => one.error.value);
  const error = failed[0]?.error.value;
  if (!error) return <Waiting rows={rows} />;
  return <LoadFailed error={error} retry={() => void Promise.all(failed.map((one) => one.load()))} />;
}
