import { openAsBlob } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join, relative, resolve } from "node:path";
import type { BatchPhoto, BatchSource } from "../client/upload-batch.ts";
import type { UploadType } from "../contract/batches.ts";
import { photoTypeOf } from "./photo-files.ts";

export type BatchFiles = {
  source: BatchSource;
  /** Tells these files, as they are now, from any others. */
  identity: unknown;
};

/** What is handed in cannot be a batch of this type. */
export class NoBatch extends Error {
  override readonly name = "NoBatch";
}

/** @throws NoBatch, or what the file system throws */
export async function batchFiles(
  uploadType: UploadType,
  paths: readonly string[],
  taskId: string,
): Promise<BatchFiles> {
  const known = async (path: string) => {
    const { size, mtimeMs } = await stat(path);
    return [resolve(path), size, mtimeMs];
  };
  if (uploadType === "images") {
    const found = (await Promise.all(paths.map(photosAt))).flat();
    if (found.length === 0) throw new NoBatch(`There are no photos in ${paths.join(", ")}.`);
    const photos = await Promise.all(
      found.map(
        async ({ path, name, contentType }): Promise<BatchPhoto> => ({
          filename: name,
          contentType,
          file: await openAsBlob(path),
        }),
      ),
    );
    const filename = basename(resolve(paths[0] ?? ""));
    return {
      source: { uploadType, filename, photos, taskId },
      identity: [uploadType, taskId, await Promise.all(found.map(({ path }) => known(path)))],
    };
  }
  const [path = ""] = paths;
  if ((await stat(path)).isDirectory()) throw new NoBatch(`${path} is a folder: hand in a ZIP.`);
  const zip = { filename: basename(path), file: await openAsBlob(path) };
  return {
    source: uploadType === "zip_with_qr" ? { uploadType, ...zip } : { uploadType, taskId, ...zip },
    identity: [uploadType, taskId, await known(path)],
  };
}

/** A photo, or all photos in a folder, by name. @throws NoBatch for a file that is no photo */
async function photosAt(path: string) {
  if (!(await stat(path)).isDirectory()) {
    const contentType = photoTypeOf(path);
    if (!contentType) throw new NoBatch(`${path} is no photo: JPEG, PNG, WebP or TIFF.`);
    return [{ path, name: basename(path), contentType }];
  }
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .flatMap((file) => {
      const contentType = photoTypeOf(file);
      return contentType ? [{ path: file, name: relative(path, file), contentType }] : [];
    });
}
