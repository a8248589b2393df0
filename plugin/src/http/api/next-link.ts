import type { Request } from "../request.ts";

/** The address of the next page as a Link header (RFC 8288); none after the last page. */
export function nextLink({ baseUrl, path, query }: Request, cursor: string | null): Record<string, string> {
  if (cursor === null) return {};
  const next = new URLSearchParams(query);
  next.set("cursor", cursor);
  return { link: `<${baseUrl}${path}?${next.toString()}>; rel="next"` };
}
