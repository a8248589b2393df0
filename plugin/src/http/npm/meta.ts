import { SkillsError } from "@skills-registry/schema";
import { readableNames } from "../../registry/readable.ts";
import { type Answer, json } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";

export async function ping(): Promise<Answer> {
  return json(200, {});
}

/** `GET /-/npm/v1/keys`: the public keys that `dist.signatures` are made with: our own, and those of registries that we copy. */
export async function keys({ parts: { signer, metadata } }: Services): Promise<Answer> {
  const foreign = await metadata.mirrorKeys();
  const keysById = new Map([signer.key, ...foreign].map(({ keyid, publicKey }) => [keyid, publicKey]));
  const listed = [...keysById].map(([keyid, key]) => ({
    expires: null,
    keyid,
    keytype: "ecdsa-sha2-nistp256",
    scheme: "ecdsa-sha2-nistp256",
    key,
  }));
  return json(200, { keys: listed }, { "cache-control": "public, max-age=300" });
}

/** `npm stars`: the key is a JSON string, as CouchDB's views took it. */
export async function starredByUser(services: Services, request: Request): Promise<Answer> {
  const name = /^"([a-z0-9-]{1,64})"$/.exec(request.query.get("key") ?? "")?.[1];
  if (name === undefined) throw new SkillsError("EBADREQUEST", `"key" is not a quoted account name`);
  const names = await services.parts.metadata.starredBy(
    name,
    await readableNames(services.parts, request.caller),
  );
  return json(200, { rows: names.map((value) => ({ value })) });
}
