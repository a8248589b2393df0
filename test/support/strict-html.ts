/**
 * Reads HTML as only a careful writer writes it: double-quoted attributes, closed elements, every `<` and `&` escaped.
 * Whatever is not exactly that throws, so nothing can mean one thing to the test and another to a browser.
 */
export interface Element {
  tag: string;
  attributes: Record<string, string>;
  children: Element[];
  /** Text of the element and of all below it. */
  text: string;
}

const VOID = new Set(["img", "br", "hr", "input", "meta", "link", "source"]);
const TOKEN =
  /<!doctype html>|<!--(?:(?!--)[^])*-->|<\/([a-z][a-z0-9]*)\s*>|<([a-z][a-z0-9]*)((?:\s+[a-zA-Z][a-zA-Z0-9:-]*(?:="[^"<]*")?)*)\s*\/?>|[^<]+/y;
const ATTRIBUTE = /([a-zA-Z][a-zA-Z0-9:-]*)(?:="([^"]*)")?/g;
const ENTITY = /&(?:#(\d{1,6})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|nbsp));/gi;
const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0" };

/** The elements of a page or a part of one; throws for anything that is not strict. */
export function parseStrictHtml(html: string): Element {
  const root: Element = { tag: "", attributes: {}, children: [], text: "" };
  const open = [root];
  let at = 0;
  while (at < html.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(html);
    if (token === null) throw new Error(`not strict HTML: ${JSON.stringify(html.slice(at, at + 120))}`);
    at = TOKEN.lastIndex;
    const [whole, closed, opened, attributes = ""] = token;
    const top = open.at(-1);
    if (top === undefined) throw new Error("closed more than was opened");
    if (closed !== undefined) {
      if (closed !== top.tag) throw new Error(`</${closed}> closes <${top.tag}>`);
      open.pop();
    } else if (opened !== undefined) {
      const element = { tag: opened, attributes: readAttributes(attributes), children: [], text: "" };
      top.children.push(element);
      if (!VOID.has(opened) && !whole.endsWith("/>")) open.push(element);
    } else if (!whole.startsWith("<")) {
      const text = decode(whole);
      for (const element of open) element.text += text;
    }
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)?.tag}> is not closed`);
  return root;
}

/** The element and everything below it. */
export function* descendants(element: Element): Generator<Element> {
  for (const child of element.children) {
    yield child;
    yield* descendants(child);
  }
}

function readAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = "", value = ""] of text.matchAll(ATTRIBUTE)) {
    if (name in attributes) throw new Error(`the attribute ${name} twice`);
    attributes[name] = decode(value);
  }
  return attributes;
}

function decode(text: string): string {
  const bare = /&(?!(?:#\d{1,6}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|nbsp);)/i.exec(text);
  if (bare !== null) throw new Error(`a bare &: ${JSON.stringify(text.slice(bare.index, bare.index + 40))}`);
  return text.replaceAll(ENTITY, (_, decimal?: string, hex?: string, name?: string) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return hex === undefined
      ? (NAMED[name?.toLowerCase() ?? ""] ?? "")
      : String.fromCodePoint(parseInt(hex, 16));
  });
}
