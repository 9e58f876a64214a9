/** Icons as inline components, 20 px on a 24 grid, stroked in the text's colour. Those that point are mirrored in RTL. */
import type { ComponentChildren, JSX } from "preact";

interface IconProps {
  size?: number;
  class?: string;
}

function make(children: ComponentChildren, points = false): (props: IconProps) => JSX.Element {
  return ({ size = 20, class: name = "" }) => (
    <svg
      class={points ? `mirrored ${name}` : name}
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

export const Send = make(
  <path d="M4.5 12 3.6 4.6c-.1-.8.7-1.4 1.4-1L20.6 11c.8.4.8 1.6 0 2L5 20.4c-.7.4-1.5-.2-1.4-1L4.5 12Zm0 0h8" />,
  true,
);
export const Clip = make(
  <path d="m20.5 11.5-8.4 8.4a5.4 5.4 0 0 1-7.6-7.6l8.6-8.6a3.6 3.6 0 0 1 5.1 5.1l-8.6 8.6a1.8 1.8 0 0 1-2.6-2.6l7.9-7.8" />,
);
export const Minus = make(<path d="M5 12h14" />);
export const Close = make(<path d="M6 6l12 12M18 6 6 18" />);
export const Down = make(<path d="m6 9 6 6 6-6" />);
export const More = make(
  <g fill="currentColor" stroke="none">
    <circle cx="12" cy="5.5" r="1.6" />
    <circle cx="12" cy="12" r="1.6" />
    <circle cx="12" cy="18.5" r="1.6" />
  </g>,
);
export const Check = make(<path d="m5 12.5 4.5 4.5L19 7.5" />);
export const Checks = make(<path d="m2.5 12.5 4.5 4.5L16 7.5m-4.5 9 .8.8L22 7.5" />);
export const Clock = make(<path d="M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z" />);
export const Alert = make(<path d="M12 8v4.5m0 3.5v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z" />);
export const File = make(
  <path d="M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8l-5-5Zm0 0v5h5" />,
);
export const Download = make(<path d="M12 4v11m0 0 4.5-4.5M12 15l-4.5-4.5M4.5 20h15" />);
export const Star = make(
  <path d="m12 3.5 2.6 5.3 5.9.9-4.3 4.1 1 5.8-5.2-2.7-5.2 2.7 1-5.8-4.3-4.1 5.9-.9L12 3.5Z" />,
);
export const Bell = make(
  <path d="M6 10a6 6 0 1 1 12 0c0 4 2 5.5 2 6H4c0-.5 2-2 2-6Zm4 9.5a2.2 2.2 0 0 0 4 0" />,
);
export const BellOff = make(
  <path d="M4 4l16 16M17.9 9a6 6 0 0 0-9.6-3.8M6.1 9A10 10 0 0 1 6 10c0 4-2 5.5-2 6h12M10 19.5a2.2 2.2 0 0 0 4 0" />,
);
export const Person = make(<path d="M16 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0ZM4.5 20.5a7.5 7.5 0 0 1 15 0" />);
export const People = make(
  <path d="M12.5 8a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0ZM2.5 20a6.5 6.5 0 0 1 13 0M15.5 4.8a3.5 3.5 0 0 1 0 6.4M18 14.2a6.5 6.5 0 0 1 3.5 5.8" />,
);
export const Spark = make(
  <path d="M12 3v4m0 10v4M3 12h4m10 0h4M8 12l2.8-1.2L12 8l1.2 2.8L16 12l-2.8 1.2L12 16l-1.2-2.8L8 12Z" />,
);
export const Retry = make(<path d="M4 4v5h5M4.6 9A8 8 0 1 1 4 13" />);
export const Trash = make(<path d="M4 7h16M9.5 7V4.5h5V7M6.5 7l.8 13h9.4l.8-13M10 11v5.5m4-5.5v5.5" />);
export const Globe = make(
  <path d="M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0ZM3.5 9.5h17m-17 5h17M12 3c2.5 2.6 3.8 5.6 3.8 9s-1.3 6.4-3.8 9c-2.5-2.6-3.8-5.6-3.8-9S9.5 5.6 12 3Z" />,
);
export const Back = make(<path d="m15 5-7 7 7 7" />, true);
export const Leave = make(
  <path d="M14 4H6a1.5 1.5 0 0 0-1.5 1.5v13A1.5 1.5 0 0 0 6 20h8m2-4 4-4-4-4m4 4H9.5" />,
  true,
);
export const Chat = make(
  <path d="M12 3.5c-5 0-9 3.4-9 7.7 0 2.5 1.4 4.7 3.5 6.1-.1 1.1-.6 2.2-1.5 3.1 1.8-.1 3.4-.7 4.7-1.7.8.1 1.5.2 2.3.2 5 0 9-3.4 9-7.7s-4-7.7-9-7.7Z" />,
);
export const Search = make(<path d="M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0Zm-1.9 4.6L20 20" />);
export const Settings = make(<path d="M4 7h9m5 0h2M4 17h3m5 0h8M13 4.5v5M9.5 14.5v5" />);
export const Plus = make(<path d="M12 5v14M5 12h14" />);
export const Lock = make(<path d="M7 11V8a5 5 0 0 1 10 0v3m-11.5 0h13v9.5h-13V11Z" />);
