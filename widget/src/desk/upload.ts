/** Sends a file to the hub, with progress. */
import type { FileView } from "../wire/desk.types";
import { deskConfig } from "./config";

/** Why a file wasn't taken: a code of the server, or `network`. */
export class UploadFailed extends Error {
  constructor(readonly code: string) {
    super(code);
    this.name = "UploadFailed";
  }
}

export interface Upload {
  done: Promise<FileView>;
  cancel: () => void;
}

/** Uploads one file; `onProgress` hears the share that is sent, 0-1. Fails with `UploadFailed`. */
export function upload(file: File, onProgress: (share: number) => void): Upload {
  const request = new XMLHttpRequest();
  const done = new Promise<FileView>((resolve, reject) => {
    request.open("POST", "/api/files");
    request.setRequestHeader("X-CSRF-Token", deskConfig().csrf);
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as FileView);
      else
        reject(
          new UploadFailed(
            (request.response as { error?: { code?: string } } | null)?.error?.code ?? String(request.status),
          ),
        );
    };
    request.onerror = () => reject(new UploadFailed("network"));
    request.onabort = () => reject(new UploadFailed("cancelled"));
    const body = new FormData();
    body.append("file", file, file.name);
    request.send(body);
  });
  return { done, cancel: () => request.abort() };
}
