/** Why a file cannot be read as a photo. The codes are stable: they end up in a job's error. */
export type RefusalCode = "not_an_image" | "image_too_large" | "image_damaged";

/** The file itself is at fault: reading the same bytes again can only fail again. */
export class PhotoRefused extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PhotoRefused";
    this.code = code;
  }
}
