/** What the desk knows of a telephone line, whatever it is made of. */
import type { PhoneKey } from "../../wire/desk.types";
import type { Join } from "./joins";

/** A call of this browser. `joins`: the conversation whose caller it is for; null: somebody rings. `number`: "" when hidden. */
export interface Leg {
  joins: Join | null;
  number: string;
  answer: (sound: MediaStream) => void;
  mute: (on: boolean) => void;
  press: (key: string) => void;
  end: () => void;
}

/** `renew`: another password is good from now on; `again` also registers with it at once. */
export interface Line {
  renew: (key: PhoneKey, again: boolean) => void;
  close: () => void;
}
