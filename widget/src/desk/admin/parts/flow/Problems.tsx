/** What is wrong, in words; told to readers of the screen as it comes. */
import type { JSX } from "preact";
import { Alert } from "../../../../ui/icons";

export function Problems({ texts }: { texts: readonly string[] }): JSX.Element | null {
  if (texts.length === 0) return null;
  return (
    <div role="status">
      <ul class="flow-problems">
        {texts.map((one) => (
          <li key={one} class="entry-problem">
            <Alert size={15} />
            {one}
          </li>
        ))}
      </ul>
    </div>
  );
}
