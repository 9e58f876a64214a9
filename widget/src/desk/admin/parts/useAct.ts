import { useState } from "preact/hooks";
import { toast } from "../../toasts";
import { asRefusal } from "../api";
import { refusalText } from "../words";

type Act = (work: () => Promise<unknown>) => Promise<void>;

/** Whether the hub is being asked to do something, and how it is asked; what it refuses stands in a toast, or where `tell` puts it. */
export function useAct(tell?: (problem: string | null) => void): [busy: boolean, act: Act] {
  const [busy, setBusy] = useState(false);
  const act: Act = async (work) => {
    setBusy(true);
    tell?.(null);
    try {
      await work();
    } catch (error) {
      const problem = refusalText(asRefusal(error).code);
      if (tell) tell(problem);
      else toast(problem, "error");
    } finally {
      setBusy(false);
    }
  };
  return [busy, act];
}
