export { backoff } from "./backoff";
export { uuid7 } from "./ids";
export { alone } from "./lock";
export { Outbox } from "./outbox";
export { type Ask, type Frame, Line, type LineStatus, Refused, type Tell } from "./socket";
export type { Kept } from "./store";
