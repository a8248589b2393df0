import MarkdownIt, { type Token } from "markdown-it";
import { type CodeBlock, highlightCode, isKnownLanguage } from "./highlight-code.ts";
import { ID_PREFIX, imageTarget, linkTarget, type MarkdownOptions } from "./markdown-links.ts";

export interface Heading {
  /** With the prefix; `#${id}` leads there. */
  id: string;
  text: string;
  /** 1 to 6, as written; the page shows it one level lower, below its own title. */
  level: number;
}

export interface RenderedMarkdown {
  html: string;
  headings: Heading[];
}

/** Characters that are rendered, about 0.3 s of work at worst; of a thousand public skills one is longer. */
const RENDERED_MAX = 128 * 1024;
/** Characters of all addresses together: a reference is written once and used thousands of times. */
const ADDRESSES_MAX = 256 * 1024;
/** Lists and quotes within each other; deeper ones are left out. */
const NESTING_MAX = 24;
/** Characters of an id. */
const SLUG_MAX = 80;
/** Nothing but this opens a frontmatter; the validator allows 8 kB of it. */
const FRONTMATTER = /^---[ \t]*\r?\n(?:[^]{0,8192}?\n)?---[ \t]*(?:\r?\n|$)/;

/**
 * A user's Markdown as HTML that runs nothing and loads nothing but the skill's own pictures. Raw HTML is shown as text;
 * links keep http, https, mailto, anchors and files of the skill. The frontmatter is left out.
 */
export function renderMarkdown(text: string, options: MarkdownOptions): RenderedMarkdown {
  const { shown, rest } = cut(withoutFrontmatter(text.toWellFormed()));
  const tokens = markdown.parse(shown, {});
  const pass: Pass = { options, headings: [], slugs: new Map(), addresses: ADDRESSES_MAX };
  rewrite(tokens, pass);
  colour(tokens);
  const html = markdown.renderer.render(tokens, markdown.options, {});
  return { html: rest === 0 ? html : html + cutNotice(rest), headings: pass.headings };
}

/** Rendered with rules of our own; `html_block` and `html_inline` tokens are only ever made by us. */
const markdown = new MarkdownIt({ html: false, linkify: true, maxNesting: NESTING_MAX });
// Only whole addresses: `README.md` is a file, although .md is a domain.
markdown.linkify
  .set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false })
  .add("ftp:", null)
  .add("//", null);
// What may be a link is decided in one place, with the file it stands in at hand.
markdown.validateLink = () => true;
markdown.renderer.rules["table_open"] = () => '<div class="table-scroll" tabindex="0"><table>\n';
markdown.renderer.rules["table_close"] = () => "</table></div>\n";

interface Pass {
  options: MarkdownOptions;
  headings: Heading[];
  /** How often a slug was used. */
  slugs: Map<string, number>;
  /** Characters of addresses that may still be written. */
  addresses: number;
}

function withoutFrontmatter(text: string): string {
  return text.replace(FRONTMATTER, "");
}

function cut(text: string): { shown: string; rest: number } {
  if (text.length <= RENDERED_MAX) return { shown: text, rest: 0 };
  const line = text.lastIndexOf("\n", RENDERED_MAX);
  const shown = text.slice(0, line === -1 ? RENDERED_MAX : line).toWellFormed();
  return { shown, rest: text.length - shown.length };
}

function cutNotice(rest: number): string {
  const kilobytes = Math.ceil(rest / 1024);
  return `<p class="cut"><strong>The text goes on for ${kilobytes} kB.</strong> The whole of it is among the files.</p>\n`;
}

function rewrite(tokens: Token[], pass: Pass): void {
  for (const [index, token] of tokens.entries()) {
    if (token.type === "inline") {
      token.children = rewriteInline(token.children ?? [], pass);
      if (tokens[index - 2]?.type === "list_item_open") markTask(token.children);
    } else if (token.type === "heading_open") {
      openHeading(token, tokens[index + 1], pass);
    } else if (token.type === "heading_close") {
      token.tag = shownTag(token);
    } else if (token.type === "th_open" || token.type === "td_open") {
      alignByClass(token);
    }
  }
}

function openHeading(token: Token, inline: Token | undefined, pass: Pass): void {
  const text = textOf(inline?.children ?? []);
  const id = ID_PREFIX + uniqueSlug(text, pass.slugs);
  pass.headings.push({ id, text, level: levelOf(token) });
  token.attrs = [["id", id]];
  token.tag = shownTag(token);
}

/** As GitHub makes them, so that the links an author wrote for it lead somewhere here. */
function uniqueSlug(text: string, slugs: Map<string, number>): string {
  const plain = text
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "");
  const slug = plain.replaceAll(/\s/g, "-").slice(0, SLUG_MAX).toWellFormed() || "section";
  const used = slugs.get(slug) ?? 0;
  slugs.set(slug, used + 1);
  if (used === 0) return slug;
  return uniqueSlug(`${slug}-${used}`, slugs);
}

function levelOf(token: Token): number {
  return Number(token.tag.slice(1));
}

function shownTag(token: Token): string {
  return `h${Math.min(levelOf(token) + 1, 6)}`;
}

/** Tables say how they are aligned in a `style`, which the policy of the page forbids. */
function alignByClass(token: Token): void {
  const side = /^text-align:(left|center|right)$/.exec(String(token.attrGet("style") ?? ""))?.[1];
  token.attrs = side === undefined ? [] : [["class", `align-${side}`]];
}

function rewriteInline(children: Token[], pass: Pass): Token[] {
  const kept: Token[] = [];
  /** Whether each link that is open here was kept. */
  const open: boolean[] = [];
  for (const child of children) {
    if (child.type === "link_open") {
      open.push(rewriteLink(child, pass));
      if (open.at(-1) === true) kept.push(child);
    } else if (child.type === "link_close") {
      if (open.pop() === true) kept.push(child);
    } else if (child.type === "image") {
      kept.push(ownHtml(child, imageHtml(child, pass, open.includes(true))));
    } else {
      kept.push(child);
    }
  }
  return kept;
}

/** False for a link that must not be one. */
function rewriteLink(token: Token, pass: Pass): boolean {
  const target = linkTarget(String(token.attrGet("href") ?? ""), pass.options);
  if (target === undefined || !spend(pass, target.href)) return false;
  token.attrs = [["href", target.href]];
  if (target.external) token.attrPush(["rel", EXTERNAL]);
  return true;
}

const EXTERNAL = "nofollow noopener noreferrer";

function spend(pass: Pass, address: string): boolean {
  pass.addresses -= address.length;
  return pass.addresses >= 0;
}

/** A picture of the skill; its words for every other one, as a link where that may be. */
function imageHtml(token: Token, pass: Pass, insideLink: boolean): string {
  const alt = escape(textOf(token.children ?? []));
  const source = String(token.attrGet("src") ?? "");
  const image = imageTarget(source, pass.options);
  if (image !== undefined && spend(pass, image)) {
    return `<img src="${escape(image)}" alt="${alt}" loading="lazy">`;
  }
  const target = insideLink ? undefined : linkTarget(source, pass.options);
  if (target === undefined || !spend(pass, target.href)) return alt;
  const rel = target.external ? ` rel="${EXTERNAL}"` : "";
  return `<a href="${escape(target.href)}"${rel}>${alt || "image"}</a>`;
}

const TASK = /^\[([ xX])\] /;

/** `- [x] done` begins with a box; a real one would look as if it could be ticked. */
function markTask(children: Token[]): void {
  const [first] = children;
  const mark = first?.type === "text" ? TASK.exec(first.content)?.[1] : undefined;
  if (first === undefined || mark === undefined) return;
  first.content = first.content.slice("[ ] ".length);
  const [name, sign] = mark === " " ? ["to do", "☐"] : ["done", "☑"];
  children.unshift(ownHtml(first, `<span class="task" role="img" aria-label="${name}">${sign}</span> `));
}

/** Code blocks become ours, in colours where their language is known. */
function colour(tokens: Token[]): void {
  const blocks = tokens.filter((token) => token.type === "fence" || token.type === "code_block");
  const highlighted = highlightCode(blocks.map(toCodeBlock));
  for (const [index, token] of blocks.entries()) {
    const code = highlighted[index] ?? escape(token.content);
    token.type = "html_block";
    token.content = `<pre tabindex="0"><code>${code}</code></pre>\n`;
  }
}

function toCodeBlock(token: Token): CodeBlock {
  const [language = ""] = token.info.trim().split(/[\s,{:]/, 1);
  return { text: token.content, language: isKnownLanguage(language) ? language : "" };
}

function textOf(children: Token[]): string {
  return markdown.renderer.renderInlineAsText(children, markdown.options, {});
}

function ownHtml(like: Token, content: string): Token {
  const token: Token = Object.create(like);
  return Object.assign(token, { type: "html_inline", content });
}

function escape(text: string): string {
  return markdown.utils.escapeHtml(text);
}
