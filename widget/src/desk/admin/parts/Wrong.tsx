import type { ComponentChildren, JSX } from "preact";
import { Alert } from "../../../ui/icons";

interface WrongProps {
  id?: string;
  /** It is read out as it comes. */
  role?: "alert";
  tabIndex?: number;
  children: ComponentChildren;
}

/** What is wrong, beside what it is about; nothing while nothing is. */
export function Wrong({ children, ...more }: WrongProps): JSX.Element | null {
  if (!children) return null;
  return (
    <p class="entry-problem" {...more}>
      <Alert size={15} />
      {children}
    </p>
  );
}
