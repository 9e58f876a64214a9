/** Files: what may be sent, told before; and the sending itself, with progress. */
import { Refused } from "../wire/socket";
import type { FileView } from "../wire/webchat.types";
import { config } from "./config";

export type Objection = "too_large" | "type_refused" | "empty";

/** Why this file can't be sent, null when it can. The hub checks again and has the last word. */
export function objection(file: { name: string; size: number; type: string }): Objection | null {
  const { types, file: limit } = config.limits;
  if (file.size === 0) return "empty";
  if (file.size > limit) return "too_large";
  const fits = types.some((type) =>
    type.startsWith(".")
      ? file.name.toLowerCase().endsWith(type)
      : type.endsWith("/*")
        ? file.type.startsWith(type.slice(0, -1))
        : file.type === type,
  );
  return fits ? null : "type_refused";
}

/**
 * Uploads one file.
 *
 * @param onProgress share that is through, 0 to 1
 * @throws Refused with the hub's code; "cut" (retry) when the network failed; "unauthorized" (retry) for a stale token
 */
export function upload(
  address: string,
  access: string,
  file: { blob: Blob; name: string },
  onProgress: (share: number) => void,
): Promise<FileView> {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    form.append("file", file.blob, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Authorization", `Bearer ${access}`);
    request.responseType = "json";
    request.timeout = 120_000;
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      const body = request.response as (FileView & { error?: { code: string; text: string } }) | null;
      if (request.status < 300 && body?.id) resolve(body);
      else {
        const retry = request.status === 401 || request.status === 429 || request.status >= 500;
        const code = request.status === 401 ? "unauthorized" : (body?.error?.code ?? "bad_file");
        reject(new Refused(code, body?.error?.text ?? "", retry, retry ? 3_000 : 0));
      }
    };
    request.onerror = request.ontimeout = () => reject(new Refused("cut", "upload was cut", true, 3_000));
    request.send(form);
  });
}
