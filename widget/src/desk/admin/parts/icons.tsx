/** Icons that only the admin part needs, drawn like those of `ui/icons`. */
import type { ComponentChildren, JSX } from "preact";

function make(children: ComponentChildren, points = false): (props: { size?: number }) => JSX.Element {
  return ({ size = 18 }) => (
    <svg
      class={points ? "mirrored" : ""}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const Copy = make(<path d="M9 9h10.5v11.5H9V9Zm-3 6H4.5V3.5H15V6" />);
export const Ahead = make(<path d="m9 5 7 7-7 7" />, true);
export const Up = make(<path d="m6 15 6-6 6 6" />);
export const Key = make(
  <path d="M11.5 12.5 20 4m-3 3 2.5 2.5M14.5 9.5l2 2M12 15.5a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z" />,
);
export const Book = make(
  <path d="M5 4.5h11.5A2.5 2.5 0 0 1 19 7v12.5H7.5A2.5 2.5 0 0 1 5 17V4.5Zm0 12.5A2.5 2.5 0 0 1 7.5 14.5H19M9 8.5h6" />,
);
export const Window = make(<path d="M3.5 5h17v14h-17V5Zm0 4h17M6.5 7h.01M9 7h.01" />);
export const Calendar = make(<path d="M4 6h16v14H4V6Zm0 4.5h16M8 3.5V8m8-4.5V8" />);
export const Pledge = make(<path d="M12 7v5l3.5 2M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0Z" />);
export const Shield = make(
  <path d="M12 3.5 5 6v5.5c0 4.3 2.9 7.5 7 9 4.1-1.5 7-4.7 7-9V6l-7-2.5Zm-3 8.6 2.2 2.2 4-4.3" />,
);
export const Bookmark = make(<path d="M7 4h10v16l-5-4-5 4V4Z" />);
export const Bars = make(<path d="M4 20h16M7 16v-4m5 4V5m5 11V9" />);
export const Aside = make(<path d="M4 4.5h16v4H4v-4Zm1.5 4V20h13V8.5M9.5 12.5h5" />);
export const Arrow = make(<path d="M5 12h14m-5-5 5 5-5 5" />, true);
export const Tags = make(<path d="M4 4.5h8l8 8-7.5 7.5-8.5-8.5v-7Zm4 4h.01" />);
export const Layers = make(
  <path d="m12 4 8.5 4.5L12 13 3.5 8.5 12 4Zm-8.5 8.5L12 17l8.5-4.5M3.5 16.5 12 21l8.5-4.5" />,
);
export const Tray = make(<path d="M4 13 6.5 5h11L20 13v6.5H4V13Zm0 0h4.5l1.5 2.5h4l1.5-2.5H20" />);
export const Ask = make(
  <path d="M4.5 4.5h15v12h-8L7.5 20v-3.5h-3v-12Zm5.3 4a2.2 2.2 0 1 1 3.2 2c-.7.4-1 .8-1 1.5m0 1.7h.01" />,
);
export const Marked = make(<path d="M4 7.5V5h2.5m11 0H20v2.5M4 16.5V19h2.5m11 0H20v-2.5M8.5 9h7M12 9v6.5" />);
