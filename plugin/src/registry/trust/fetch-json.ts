import { SkillsError } from "@skills-registry/schema";

/** Discovery documents, key sets and answers about one repository have some kilobytes. */
const BYTES_MAX = 256 * 1024;
/** A person or a run of CI waits for it. */
const TIMEOUT_MS = 5_000;

/**
 * A JSON document of somebody else's server: bounded in size and time, and from nowhere else: a redirect is refused.
 * Undefined for 404. `whose` is named in the message. Throws EPROVIDER.
 */
export async function fetchJson(url: URL, whose: string): Promise<unknown> {
  if (url.protocol !== "https:" && !isLoopback(url)) throw failed(whose, "is not at an https address");
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let text: string;
  try {
    const answer = await fetch(url, { redirect: "manual", signal, headers: { accept: "application/json" } });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw failed(whose, `answered with status ${answer.status}`);
    text = await readBounded(answer, whose);
  } catch (cause) {
    if (cause instanceof SkillsError) throw cause;
    throw failed(whose, signal.aborted ? "was too slow" : "could not be reached", cause);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw failed(whose, "did not answer with JSON", cause);
  }
}

async function readBounded(answer: Response, whose: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop by a throw cancels the body.
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > BYTES_MAX) throw failed(whose, "answered with too much");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Plain HTTP is read by nobody on the way when there is no way. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

/** What the other side did wrong, without anything it said. */
export function failed(whose: string, what: string, cause?: unknown): SkillsError {
  return new SkillsError("EPROVIDER", `${whose} ${what}`, cause === undefined ? {} : { cause });
}
