import { parseXML, XmlNode, XmlText } from "@aws-sdk/xml-builder";
import { S3Error } from "./errors.ts";

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** A value, an element's children by name, or several elements of one name. Undefined children are left out. */
export type XmlTree =
  | string
  | number
  | boolean
  | undefined
  | readonly XmlTree[]
  | { readonly [name: string]: XmlTree };

/** `plain` leaves out S3's namespace, as its error answers do. */
export function toXml(root: string, tree: XmlTree, plain: "plain" | "namespaced" = "namespaced"): string {
  const [node] = nodes(root, tree);
  if (node === undefined) throw new TypeError(`<${root}> must be one element`);
  if (plain === "namespaced") node.addAttribute("xmlns", NAMESPACE);
  return DECLARATION + node.toString();
}

function nodes(name: string, tree: XmlTree): XmlNode[] {
  if (tree === undefined) return [];
  if (isList(tree)) return tree.flatMap((item) => nodes(name, item));
  if (typeof tree !== "object") return [new XmlNode(name, [new XmlText(String(tree))])];
  return [
    new XmlNode(
      name,
      Object.entries(tree).flatMap(([child, value]) => nodes(child, value)),
    ),
  ];
}

function isList(tree: XmlTree): tree is readonly XmlTree[] {
  return Array.isArray(tree);
}

/** What one element of a request says: text, children by name, or an attribute-free list of either. */
export type ParsedElement = string | { readonly [name: string]: ParsedElement | readonly ParsedElement[] };

/** The children of the request's root element; anything that is not XML or has another root is MalformedXML. */
export function parseRequest(
  root: string,
  body: Buffer,
): Record<string, ParsedElement | readonly ParsedElement[]> {
  const malformed = new S3Error(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
  let document: Record<string, ParsedElement>;
  try {
    document = parseXML(body.toString("utf8"));
  } catch {
    throw malformed;
  }
  const element = document[root];
  if (typeof element !== "object") throw malformed;
  return element;
}

/** The elements of one name, however many there were. */
export function elements(
  value: ParsedElement | readonly ParsedElement[] | undefined,
): readonly ParsedElement[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as ParsedElement];
}

/** The text of a child element, or undefined when it is missing or has children of its own. */
export function textOf(parent: ParsedElement, child: string): string | undefined {
  if (typeof parent !== "object") return undefined;
  const value = parent[child];
  return typeof value === "string" ? value : undefined;
}
