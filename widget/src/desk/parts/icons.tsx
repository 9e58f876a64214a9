/** The desk's own icons, drawn like those of `ui/icons`. */
import type { ComponentChildren, JSX } from "preact";

interface IconProps {
  size?: number;
  class?: string;
}

function make(children: ComponentChildren, points = false): (props: IconProps) => JSX.Element {
  return ({ size = 18, class: name = "" }) => (
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

export const Full = make(<path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" />);
export const Inbox = make(<path d="M3.5 13.5 6 5h12l2.5 8.5v5.5h-17v-5.5Zm0 0h5l1.2 2.5h4.6l1.2-2.5h5" />);
export const Line = make(<path d="M5 6h14M5 12h9M5 18h5" />, true);
export const Tools = make(<path d="M5 7h6m6 0h2M14 4.5v5M5 17h2m6 0h6M10 14.5v5M5 12h14" />);
export const Moon = make(<path d="M20 14.2A8.2 8.2 0 0 1 9.8 4 8.2 8.2 0 1 0 20 14.2Z" />);
export const Sun = make(
  <path d="M12 16.2a4.2 4.2 0 1 0 0-8.4 4.2 4.2 0 0 0 0 8.4ZM12 2.5v2m0 15v2M4.6 4.6 6 6m12 12 1.4 1.4M2.5 12h2m15 0h2M4.6 19.4 6 18M18 6l1.4-1.4" />,
);
export const Command = make(
  <path d="M9 9h6v6H9V9Zm0 0H6.5A2.5 2.5 0 1 1 9 6.5V9Zm6 0V6.5A2.5 2.5 0 1 1 17.5 9H15Zm0 6h2.5a2.5 2.5 0 1 1-2.5 2.5V15Zm-6 0v2.5A2.5 2.5 0 1 1 6.5 15H9Z" />,
);
export const Phone = make(
  <path d="M8.2 4H5a1.5 1.5 0 0 0-1.5 1.7C4.3 13.4 10.6 19.7 18.3 20.5A1.5 1.5 0 0 0 20 19v-3.2l-4.3-1.6-1.9 2a12.3 12.3 0 0 1-6-6l2-1.9L8.2 4Z" />,
);
export const Mail = make(<path d="M3.5 6h17v12.5h-17V6Zm.3.5 8.2 6.3 8.2-6.3" />);
export const Plane = make(
  <path d="M20.5 4 3.5 11l6 2.3L17 7.5l-5.3 7.3 5.3 4.7L20.5 4Zm-11 9.3v5.2l2.4-2.6" />,
);
export const Pin = make(
  <path d="M12 21c4.5-4.6 6.8-8 6.8-11a6.8 6.8 0 1 0-13.6 0c0 3 2.3 6.4 6.8 11Zm0-8.6a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8Z" />,
);
export const Handset = make(
  <path d="M12 3.5a8.5 8.5 0 0 0-7.3 12.8L3.5 20.5l4.3-1.2A8.5 8.5 0 1 0 12 3.5ZM9 8.3c-.9 3 2.9 7 6.2 6.6l.8-1.7-1.9-1.2-1 .9c-1-.4-1.8-1.3-2.2-2.3l.9-.9L10.7 8 9 8.3Z" />,
);
export const Bolt = make(
  <path d="M12 3.5c-4.9 0-8.7 3.5-8.7 8 0 2.4 1 4.5 2.7 6v3l2.8-1.5c1 .300 2.1.500 3.2.500 4.9 0 8.7-3.5 8.7-8s-3.8-8-8.7-8ZM7.5 13.3l3.2-3.4 2.6 2 3.2-2" />,
);
export const Camera = make(
  <path d="M7.5 3.5h9a4 4 0 0 1 4 4v9a4 4 0 0 1-4 4h-9a4 4 0 0 1-4-4v-9a4 4 0 0 1 4-4Zm4.5 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7Zm4.8-1.7v.1" />,
);
export const Code = make(<path d="m8.5 7-5 5 5 5m7-10 5 5-5 5M13.5 5l-3 14" />);
export const Ball = make(
  <path d="M12 3.5a8.5 8.5 0 1 0 8.5 8.5A8.5 8.5 0 0 0 12 3.5Zm-3.8 8.8 2.6 2.6 5-5.6" />,
);
export const Tag = make(<path d="M3.5 4.5v7l8.7 8.7 7.5-7.5L11 4H4l-.5.5ZM8 8.6v.1" />);
export const Sleep = make(<path d="M4 13h6l-6 7h6M13 4h7l-7 8h7" />);
export const Forward = make(
  <path d="M13.5 6 20 12l-6.5 6v-3.8C8.6 14.2 6 15.6 4 18.5c.3-4.7 3-8.2 9.5-8.7V6Z" />,
  true,
);
export const Panel = make(<path d="M3.5 5h17v14h-17V5Zm11 0v14" />, true);
export const Bot = make(
  <path d="M5.5 9h13a1.5 1.5 0 0 1 1.5 1.5v7a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5v-7A1.5 1.5 0 0 1 5.5 9ZM12 9V5.5M9 13.5v1m6-1v1M12 5.4v-.1" />,
);
export const Return = make(<path d="M9 7 4 12l5 5M4 12h10a5.5 5.5 0 0 1 5.5 5.5" />, true);
export const Hand = make(
  <path d="M7.5 12V6.5a1.5 1.5 0 0 1 3 0V11m0-5.5v-1a1.5 1.5 0 0 1 3 0V11m0-4.5a1.5 1.5 0 0 1 3 0V12m0-2.5a1.5 1.5 0 0 1 3 0v4.5a6.5 6.5 0 0 1-12 3.6L4.3 13.5a1.5 1.5 0 0 1 2.5-1.7l.7.9" />,
);
export const Quick = make(<path d="M13 3.5 5.5 13.5H11l-.8 7 7.8-10.5h-5.5l.5-6.5Z" />);
export const Note = make(<path d="M5 4h14v10l-6 6H5V4Zm14 10h-6v6M8.5 8.5h7m-7 4h4" />);
export const Open = make(<path d="M9.5 5 16 12l-6.5 7" />, true);
export const Join = make(<path d="M4 5c5 0 5 7 8 7h8M4 19c5 0 5-7 8-7m4.5-4L20 12l-3.5 4" />, true);
export const Verified = make(
  <path d="m8.5 12.2 2.5 2.5 4.6-5M12 3l2.3 1.7 2.8-.1.8 2.7 2.3 1.6-1 2.7 1 2.6-2.3 1.7-.8 2.6-2.8-.1L12 21l-2.3-1.6-2.8.1-.8-2.6-2.3-1.7 1-2.6-1-2.7 2.3-1.6.8-2.7 2.8.1L12 3Z" />,
);
export const Keyboard = make(<path d="M3 6.5h18v11H3v-11ZM6.5 10h.1m3.5 0h.1m3.5 0h.1m3.5 0h.1M8 14h8" />);
export const Pause = make(<path d="M8.5 5.5v13m7-13v13" />);
export const Play = make(<path d="M8 5.5v13l10.5-6.5L8 5.5Z" />);
export const Mic = make(
  <path d="M12 4a2.5 2.5 0 0 1 2.5 2.5V11a2.5 2.5 0 0 1-5 0V6.5A2.5 2.5 0 0 1 12 4ZM6 11a6 6 0 0 0 12 0m-6 6v3.5" />,
);
export const MicOff = make(
  <path d="M12 4a2.5 2.5 0 0 1 2.5 2.5V11a2.5 2.5 0 0 1-5 0V6.5A2.5 2.5 0 0 1 12 4ZM6 11a6 6 0 0 0 12 0m-6 6v3.5M4 4l16 16" />,
);
export const HangUp = make(
  <path d="M3.5 14.5c4.8-5 12.2-5 17 0l-2 2.2-3.3-1.6v-2.4a10 10 0 0 0-6.4 0v2.4l-3.3 1.6-2-2.2Z" />,
);
export const Keypad = make(
  <path
    stroke-width="2.6"
    d="M6.5 5.5h.01M12 5.5h.01M17.5 5.5h.01M6.5 11h.01M12 11h.01M17.5 11h.01M6.5 16.5h.01M12 16.5h.01M17.5 16.5h.01"
  />,
);
export const Tape = make(
  <path d="M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16Zm0 4.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7Z" />,
);
export const TapeOff = make(<path d="M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16Zm-2 5v6m4-6v6" />);
