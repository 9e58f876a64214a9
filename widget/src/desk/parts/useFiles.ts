import { useRef, useState } from "preact/hooks";
import { fileSize } from "../../ui/format";
import type { FileView } from "../../wire/desk.types";
import { channels, settings } from "../desk";
import { t, word } from "../i18n";
import { fileLimit } from "../state/channel";
import { toast } from "../toasts";
import { type Upload, UploadFailed, upload } from "../upload";

/** A file on its way, or there (`file` set), or refused (`failed`, with words). */
export interface Attached {
  key: number;
  name: string;
  share: number;
  file: FileView | null;
  failed: string | null;
}

export interface Files {
  all: readonly Attached[];
  busy: boolean;
  add: (files: Iterable<File>) => void;
  remove: (key: number) => void;
  clear: () => void;
}

function whyNot(name: string, error: unknown): string | null {
  const code = error instanceof UploadFailed ? error.code : "network";
  if (code === "cancelled") return null;
  if (code === "413" || code === "too_large")
    return t("composer.toolarge", { name, size: fileSize(settings.peek().max_file) });
  if (code === "415" || code === "bad_file") return t("composer.upload.type", { name });
  return t("composer.upload.failed", { name });
}

/** Why a file isn't even tried: the house or the channel doesn't carry it. */
function refusal(file: File, channel: string): string | null {
  const most = settings.peek().max_file;
  const limit = fileLimit(channels.peek()[channel], most);
  const name = word("channel", channel);
  if (limit === 0) return t("composer.nofiles", { channel: name });
  if (file.size <= limit) return null;
  const words = { name: file.name, size: fileSize(limit) };
  return limit < most
    ? t("composer.channel.toolarge", { ...words, channel: name })
    : t("composer.toolarge", words);
}

/** The files of a composer; `channel` is the one that has to carry them. */
export function useFiles(channel: string): Files {
  const [all, setAll] = useState<readonly Attached[]>([]);
  const uploads = useRef(new Map<number, Upload>());
  const next = useRef(1);
  const change = (key: number, to: Partial<Attached>) =>
    setAll((now) => now.map((one) => (one.key === key ? { ...one, ...to } : one)));
  const add = (files: Iterable<File>) => {
    for (const file of files) {
      const refused = refusal(file, channel);
      if (refused) {
        toast(refused, "error");
        continue;
      }
      const key = next.current++;
      setAll((now) => [...now, { key, name: file.name, share: 0, file: null, failed: null }]);
      const one = upload(file, (share) => change(key, { share }));
      uploads.current.set(key, one);
      one.done.then(
        (view) => change(key, { file: view, share: 1 }),
        (error: unknown) => change(key, { failed: whyNot(file.name, error) }),
      );
    }
  };
  const remove = (key: number) => {
    uploads.current.get(key)?.cancel();
    setAll((now) => now.filter((one) => one.key !== key));
  };
  return { all, busy: all.some((one) => !one.file && !one.failed), add, remove, clear: () => setAll([]) };
}
