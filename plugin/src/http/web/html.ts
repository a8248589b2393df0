import { html as template, raw } from "hono/html";

/** Text that may stand in a page as it is: everything in it was escaped, or is our own. */
export type Html = ReturnType<typeof raw>;

/** Markup of our own, or of a sanitiser; never anything else. */
export { raw };

/** Fills a template and escapes every value that is not Html itself; lists are joined, null and false leave nothing. */
export function html(strings: TemplateStringsArray, ...values: unknown[]): Html {
  const filled = template(strings, ...values);
  if (filled instanceof Promise) throw new TypeError("a template waits for nothing: await its values first");
  return filled;
}
