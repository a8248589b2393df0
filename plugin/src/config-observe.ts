import { z } from "zod";
import { resolveSecret, type Secret, secret } from "./config-stores.ts";

/** Characters of a token that nobody guesses, for what anybody in the network may ask. */
export const TOKEN_MIN = 16;

const scraperToken = z.union([
  z.string().min(TOKEN_MIN, `has to have at least ${TOKEN_MIN} characters`),
  z.strictObject({ file: z.string().min(1) }),
]);

/** Who may read `/-/metrics`. */
export const metricsAccess = z.union([
  z.enum(["loopback", "open"]),
  z.strictObject({ token: scraperToken.describe("The bearer token of scrapers, or { file: path } of it.") }),
]);

/** Where traces go. */
export const tracing = z
  .strictObject({
    endpoint: z
      .url({ protocol: /^https?$/ })
      .describe("Address that takes traces as OTLP over HTTP, for example http://127.0.0.1:4318/v1/traces."),
    headers: z
      .record(z.string().regex(/^[\w-]+$/, "is not the name of a header"), secret)
      .default({})
      .describe("Headers for the collector; a value, or { file: path } of it."),
    sampleRatio: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .describe("Part of the requests that are traced, unless a trusted proxy has decided."),
  })
  .nullable();

export const nodeName = z.string().regex(/^[\w.-]{1,64}$/, "has to be letters, digits, dots and hyphens");

/** Longer ones would outlast what orchestrators wait before they kill. Seconds. */
const DRAIN_MAX = 600;
export const drainSeconds = z.number().int().nonnegative().max(DRAIN_MAX);

export type MetricsAccess = z.infer<typeof metricsAccess>;
export type TracingConfig = NonNullable<z.infer<typeof tracing>>;

/** The same with the absolute path of the file that holds the token. */
export function withMetricsPaths(given: MetricsAccess, resolvePath: (file: string) => string): MetricsAccess {
  return typeof given === "string" ? given : { token: resolveSecret(given.token, resolvePath) };
}

/** The same with absolute paths of the files that hold headers. */
export function withTracingPaths(
  given: TracingConfig | null,
  resolvePath: (file: string) => string,
): TracingConfig | null {
  if (given === null) return null;
  const resolved = Object.entries(given.headers).map(([name, value]): [string, Secret] => {
    return [name, resolveSecret(value, resolvePath)];
  });
  return { ...given, headers: Object.fromEntries(resolved) };
}
