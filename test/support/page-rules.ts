import { descendants, type Element } from "./strict-html.ts";

/** What rendered Markdown of a user may consist of, and what a whole page of ours may. */

type Attributes = Record<string, RegExp>;

const FILE = /^\/skills\/[a-z0-9-]+\/[a-z0-9-]+\/v\/[\w.%-]+\/files\/[^"<>\\]*$/;
const TARGET = new RegExp(
  `^https?://[^@\\s"<>\\\\]*$|^mailto:[^\\s"<>]*$|^#(?:user-content-[^\\s"<>]*)?$|${FILE.source}`,
);
const RAW = /^\/api\/skills\/[a-z0-9-]+\/[a-z0-9-]+\/[\w.%-]+\/files\/[^"<>\\?#]+$/;
const NUMBER = /^\d+$/;
const HEADING: Attributes = { id: /^user-content-[^\s"<>]+$/ };

/** Tag → attributes → what their values may be. */
const MARKDOWN: Record<string, Attributes> = {
  a: { href: TARGET, rel: /^nofollow noopener noreferrer$/ },
  img: { src: RAW, alt: /^/, loading: /^lazy$/ },
  h2: HEADING,
  h3: HEADING,
  h4: HEADING,
  h5: HEADING,
  h6: HEADING,
  pre: { tabindex: /^0$/ },
  ol: { start: NUMBER },
  div: { class: /^table-scroll$/, tabindex: /^0$/ },
  th: { class: /^align-(left|center|right)$/ },
  td: { class: /^align-(left|center|right)$/ },
  span: { class: /^(task|hljs-[\w -]+|language-[\w-]+)$/, role: /^img$/, "aria-label": /^(done|to do)$/ },
  p: { class: /^cut$/ },
  ...Object.fromEntries(
    ["em", "strong", "s", "code", "ul", "li", "blockquote", "hr", "br", "table", "thead", "tbody", "tr"].map(
      (tag) => [tag, {}],
    ),
  ),
};

/** What in rendered Markdown is against the rules, one line each. */
export function markdownProblems(root: Element): string[] {
  return [...descendants(root)].flatMap(({ tag, attributes }) => {
    const rules = MARKDOWN[tag];
    if (rules === undefined) return [`<${tag}>`];
    const wrong = Object.entries(attributes).filter(([name, value]) => rules[name]?.test(value) !== true);
    const lost = tag === "a" && /^https?:/.test(attributes["href"] ?? "") && attributes["rel"] === undefined;
    return [
      ...wrong.map(([name, value]) => `<${tag} ${name}=${JSON.stringify(value)}>`),
      ...(lost ? ["a without rel"] : []),
    ];
  });
}

/** Tags that no page of ours has, whatever for. */
const FORBIDDEN =
  /^(style|iframe|object|embed|base|frame|frameset|applet|audio|video|math|template|foreignobject)$/i;
const OWN_ADDRESS = /^(\/(?![/\\])|#|\?)/;

/** What a whole page may not hold: script or style in place, event handlers, anything from elsewhere. */
export function pageProblems(root: Element): string[] {
  const ids = new Map<string, number>();
  const problems = [...descendants(root)].flatMap(({ tag, attributes, text }) => {
    const { id } = attributes;
    if (id !== undefined) ids.set(id, (ids.get(id) ?? 0) + 1);
    return [
      ...(FORBIDDEN.test(tag) ? [`<${tag}>`] : []),
      ...(tag === "script" && text.trim() !== "" ? ["a script in place"] : []),
      ...(tag === "meta" && "http-equiv" in attributes ? ["meta http-equiv"] : []),
      ...Object.entries(attributes).flatMap(([name, value]) => attributeProblem(tag, name, value)),
    ];
  });
  const twice = [...ids].filter(([, count]) => count > 1).map(([id]) => `the id ${id} twice`);
  return [...problems, ...twice];
}

function attributeProblem(tag: string, name: string, value: string): string[] {
  const shown = `<${tag} ${name}=${JSON.stringify(value.slice(0, 80))}>`;
  if (/^(on|style$|srcdoc$|srcset$|formaction$|background$|ping$)/i.test(name)) return [shown];
  if (name === "src" || name === "action") return OWN_ADDRESS.test(value) ? [] : [shown];
  if (name !== "href") return [];
  const allowed = OWN_ADDRESS.test(value) || /^(https?:\/\/[^@\s]+|mailto:[^\s]+)$/.test(value);
  return allowed && (tag !== "link" || value.startsWith("/")) ? [] : [shown];
}
