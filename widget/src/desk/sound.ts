/** The two notes of an offer, and its desktop notification. */
import { offerSound } from "./prefs";

let audio: AudioContext | null = null;

/** Browsers allow sound only after a gesture: the first key or click opens it. */
export function unlockSound(): void {
  const unlock = () => {
    audio ??= new AudioContext();
    void audio.resume();
  };
  addEventListener("pointerdown", unlock, { once: true, capture: true });
  addEventListener("keydown", unlock, { once: true, capture: true });
}

function note(at: AudioContext, frequency: number, start: number): void {
  const tone = at.createOscillator();
  const volume = at.createGain();
  tone.type = "sine";
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(0.14, start + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.42);
  tone.connect(volume).connect(at.destination);
  tone.start(start);
  tone.stop(start + 0.45);
}

/** Two soft notes, less than a second; silent until the first gesture and when switched off. */
export function chime(): void {
  if (!offerSound.peek() || !audio || audio.state !== "running") return;
  note(audio, 659.25, audio.currentTime + 0.01);
  note(audio, 880, audio.currentTime + 0.17);
}

/** A desktop notification while the page isn't looked at; a click comes back to it. */
export function notify(title: string, body: string, tag: string): void {
  if (typeof Notification === "undefined" || Notification.permission !== "granted" || document.hasFocus())
    return;
  const it = new Notification(title, { body, tag, dir: "auto" });
  it.onclick = () => {
    window.focus();
    it.close();
  };
}
