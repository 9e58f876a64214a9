/** The microphone: whether it may be used, and its sound. */

/** Why there is no sound: the page may not listen, or there is nothing to listen with. */
export type NoSound = "refused" | "no_device";

/** Its sound, or why there is none. Asks the person, once for the browser. */
export async function microphone(): Promise<MediaStream | NoSound> {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    return name === "NotAllowedError" || name === "SecurityError" ? "refused" : "no_device";
  }
}

/** Lets it go. */
export function release(sound: MediaStream): void {
  for (const track of sound.getTracks()) track.stop();
}

/** Is told when another try may end differently: a permission or a device has changed. Returns how to stop. */
export function onChange(again: () => void): () => void {
  const stop = new AbortController();
  const options = { signal: stop.signal };
  navigator.mediaDevices?.addEventListener("devicechange", again, options);
  navigator.permissions
    ?.query({ name: "microphone" as PermissionName })
    .then((one) => one.addEventListener("change", again, options))
    .catch(() => undefined); // not every browser tells
  return () => stop.abort();
}
