import { crc32 } from "node:zlib";
import { viewOf } from "./zip-archive.ts";

/** The name of an entry as text, whatever wrote it. */

/** General purpose bit 11: name and comment are UTF-8. APPNOTE 4.4.4 */
const UTF8_FLAG = 0x0800;
/** Info-ZIP's Unicode Path extra field. APPNOTE 4.6.9 */
const UNICODE_PATH = 0x7075;
/** What 0x80 to 0xff are in the code page of the IBM PC. https://www.unicode.org/Public/MAPPINGS/VENDORS/MICSFT/PC/CP437.TXT */
const CP437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";
/** Characters of a name that are kept: a path of a file system has at most as many, and it goes into every answer. */
const MAX_NAME = 1024;
/** Control characters, and those that turn the direction of writing: a name shows them as unknown. */
const UNSEEN = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/** @param extra the entry's extra fields by id */
export function decodeName(raw: Uint8Array, flags: number, extra: ReadonlyMap<number, Uint8Array>): string {
  if (flags & UTF8_FLAG) return lenient.decode(raw);
  const path = extra.get(UNICODE_PATH);
  // Its checksum is of the plain name: a program that knows only that one may have renamed the entry.
  if (path && path.length >= 5 && path[0] === 1 && viewOf(path).getUint32(1, true) === crc32(raw)) {
    return lenient.decode(path.subarray(5));
  }
  try {
    // macOS writes UTF-8 without saying so; what another code page has above 0x7f is hardly ever UTF-8 by chance.
    return strict.decode(raw);
  } catch {
    return Array.from(raw, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : CP437[byte - 0x80])).join("");
  }
}

/** A name as it is shown: with forward slashes, nothing that cannot be seen, and no longer than fits. */
export const shownName = (name: string): string =>
  name.replaceAll("\\", "/").replace(UNSEEN, "\ufffd").slice(0, MAX_NAME).toWellFormed();

/** Whether a program that unpacks by this name would write outside its folder. Nothing here ever does. */
export const isUnsafeName = (name: string): boolean =>
  /^([/\\]|[a-z]:)/i.test(name) || name.includes("\0") || name.split(/[/\\]/).includes("..");
