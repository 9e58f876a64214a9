import { Component, type ComponentType, createElement, type JSX } from "preact";

/** A component that is drawn again only when one of its props is another value (signals it reads still redraw it). */
export function memo<P extends object>(Inner: (props: P) => JSX.Element): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const now = this.props as Record<string, unknown>;
      const then = next as Record<string, unknown>;
      const keys = new Set([...Object.keys(now), ...Object.keys(then)]);
      for (const key of keys) if (!Object.is(now[key], then[key])) return true;
      return false;
    }
    override render(): JSX.Element {
      return createElement(Inner as ComponentType<P>, this.props as P);
    }
  };
}
