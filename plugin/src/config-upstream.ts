import { isNamespace } from "@skills-registry/schema";
import { z } from "zod";
import type { Secret } from "./config-stores.ts";
import { isLoopback } from "./registry/trust/fetch-json.ts";

/** As `skills-registry` prints it and `/-/npm/v1/keys` shows it: SHA-256 of the public key. */
const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}=$/;

const address = z
  .url({ protocol: /^https?$/, abort: true })
  .refine(isGuarded, "has to be an https address; http is for servers on this machine")
  .refine(isBare, "has to be an address without user, query and fragment");

const namespace = z
  .string()
  .transform((name) => name.replace(/^@/, ""))
  .refine(isNamespace, "is not the name of a namespace");

const upstream = z.strictObject({
  url: address.describe("Address of the registry that is followed: https, or http on this machine."),
  namespaces: z
    .array(namespace)
    .min(1)
    .describe("What is copied. Nothing else is ever asked of that registry."),
  token: z
    .union([z.string().min(1), z.strictObject({ file: z.string().min(1) })])
    .nullable()
    .default(null)
    .describe("A read-only token of an account there, for restricted skills; or { file: path }."),
  keys: z
    .array(z.string().regex(FINGERPRINT, "is not a fingerprint: SHA256: and 44 characters"))
    .default([])
    .describe(
      "Fingerprints of the keys whose signatures are believed; as long as there is none, nothing is copied.",
    ),
  redirects: z
    .array(address.transform((text) => new URL(text).origin))
    .default([])
    .describe("Other origins that it may send us on to for tarballs, as that of its bucket."),
  everyMinutes: z
    .number()
    .positive()
    .max(24 * 60)
    .default(5)
    .describe("Minutes between two looks for changes."),
});

/** The registries that this one copies namespaces of. A namespace follows one of them. */
export const upstreams = z.array(upstream).check((payload) => {
  const all = payload.value.flatMap(({ namespaces }, index) => namespaces.map((name) => ({ name, index })));
  for (const [at, { name, index }] of all.entries()) {
    if (all.findIndex((other) => other.name === name) === at) continue;
    const message = `the namespace ${name} is there twice`;
    payload.issues.push({ code: "custom", path: [index, "namespaces"], message, input: name });
  }
});

/** `url` without a trailing slash. */
export type UpstreamConfig = z.infer<typeof upstream>;

/** The same with the absolute path of the file that holds the token. */
export function withTokenPath(
  configured: UpstreamConfig,
  resolvePath: (file: string) => string,
): UpstreamConfig {
  const { token, url } = configured;
  return { ...configured, url: url.replace(/\/+$/, ""), token: token && resolved(token, resolvePath) };
}

function resolved(secret: Secret, resolvePath: (file: string) => string): Secret {
  return typeof secret === "string" ? secret : { file: resolvePath(secret.file) };
}

function isGuarded(text: string): boolean {
  const url = new URL(text);
  return url.protocol === "https:" || isLoopback(url);
}

function isBare(text: string): boolean {
  const { username, password } = new URL(text);
  return username === "" && password === "" && !/[?#]/.test(text);
}
