import type { BatchUploads, BatchUploadsParts } from "./batch-uploads.ts";

/** The uploads of batches: made when a page first asks for them, and going on while other pages are shown. */
export class LaterUploads {
  readonly #parts: BatchUploadsParts;
  #coming: Promise<BatchUploads> | null = null;
  #here: BatchUploads | null = null;

  constructor(parts: BatchUploadsParts) {
    this.#parts = parts;
  }

  /** The same promise each time, as React's `use` wants it. */
  get = (): Promise<BatchUploads> => {
    this.#coming ??= import("./batch-uploads.ts").then(({ BatchUploads }) => {
      this.#here = new BatchUploads(this.#parts);
      return this.#here;
    });
    return this.#coming;
  };

  /** How many have not arrived yet. */
  get open(): number {
    return this.#here?.all().length ?? 0;
  }

  stop(): void {
    this.#here?.stop();
  }
}
