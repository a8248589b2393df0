/** What needs no library: importing `@skills-registry/schema/basics` takes a tenth of the time of the whole package. */

export * from "./entry.ts";
export * from "./errors.ts";
export * from "./issue.ts";
export * from "./limits.ts";
export * from "./name.ts";
export { isText, printable } from "./text.ts";
export { TOKENS_MAX, tokens } from "./tokens.ts";
