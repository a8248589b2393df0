import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { defaultSettings, type Settings } from "../../plugin/src/config-file.ts";
import type { Config } from "../../plugin/src/config.ts";
import { buildRegistry } from "../../plugin/src/open.ts";
import { openStores } from "../../plugin/src/open-stores.ts";
import { signIn } from "../../plugin/src/registry/accounts.ts";
import type { Caller } from "../../plugin/src/registry/caller.ts";
import type { Parts } from "../../plugin/src/registry/parts.ts";
import { settle } from "../../plugin/src/registry/package-state.ts";
import { publish } from "../../plugin/src/registry/publish.ts";
import { quarantine } from "../../plugin/src/registry/quarantine.ts";
import { unpublishVersion } from "../../plugin/src/registry/unpublish.ts";
import type { DumpedRow, Metadata, MetadataWriter } from "../../plugin/src/store/metadata.ts";
import { type RunningServer, startServer } from "../../plugin/src/server.ts";
import { parsePackageName, type PackageName } from "../../schema/src/index.ts";
import { AT, LATER, PROVENANCE, sampleIdentity, sampleNamespace, sampleToken } from "../contract/samples.ts";
import { guardSecret } from "./leaks.ts";
import { PASSWORD } from "./registry.ts";
import { packageTarball } from "./skill.ts";

const LOCAL: Caller = { account: null, token: null, operator: true, address: "127.0.0.1", local: true };

export interface RegistryFolders extends AsyncDisposable {
  dir: string;
  /** Settings of an embedded registry in a folder of its own below. */
  settings(name: string, changes?: Partial<Config>): Settings;
}

/** A place for some registries that are moved from one to another. */
export async function registryFolders(): Promise<RegistryFolders> {
  const dir = await mkdtemp(path.join(os.tmpdir(), "skills-moving-"));
  return {
    dir,
    settings(name, changes = {}) {
      const base = defaultSettings(path.join(dir, name));
      const registry = { ...base.registry, requestsPerMinute: 1_000_000, ...changes };
      return { ...base, port: 0, log: { ...base.log, level: "fatal", format: "json" }, registry };
    },
    [Symbol.asyncDispose]: async () => await rm(dir, { recursive: true, force: true }),
  };
}

/** Verdaccio over the stores of the settings, as they are. */
export async function serve(settings: Settings): Promise<RunningServer> {
  return await startServer(settings);
}

/** A registry, not running, with something in every table. `token` is that of the account `acme`, as npm has it. */
export async function makeFullRegistry(config: Config): Promise<{ token: string }> {
  const registry = await buildRegistry(config, await openStores(config));
  try {
    const { parts } = registry.services;
    const login = { name: "acme", password: PASSWORD, email: "acme@example.com" };
    const { account, secret } = await signIn(parts, LOCAL, login);
    const caller = { ...LOCAL, account };
    await publishAll(parts, caller);
    await parts.metadata.transaction(async (tx) => await addPeople(tx, account.id));
    await parts.metadata.transaction(async (tx) => await addMoves(tx, parts));
    await parts.metadata.transaction(async (tx) => await addRest(tx, account.id));
    return { token: guardSecret(secret) };
  } finally {
    await registry.close();
  }
}

export async function publishOne(parts: Parts, caller: Caller, full: string, version: string): Promise<void> {
  const name = nameOf(full);
  const manifest = { name: full, version, license: "MIT" };
  const tarball = packageTarball({
    "package.json": JSON.stringify(manifest),
    "SKILL.md": `---\nname: ${name.skill}\ndescription: Version ${version} of it.\n---\nGrüße of ${version}.\n`,
  });
  const said = { version, tag: "latest", access: null, claimed: manifest, claimedDist: {} };
  await publish(parts, caller, { name, tarball, ...said });
}

export function nameOf(full: string): PackageName {
  const name = parsePackageName(full);
  if (name === undefined) throw new Error(`${full} is no name`);
  return name;
}

async function publishAll(parts: Parts, caller: Caller): Promise<void> {
  for (const version of ["1.0.0", "1.1.0", "2.0.0"]) await publishOne(parts, caller, "@acme/law", version);
  await publishOne(parts, caller, "@acme/tax", "0.1.0");
  await publishOne(parts, caller, "@acme/withdrawn", "1.0.0");
  const name = nameOf("@acme/law");
  const rev = String((await parts.metadata.package(name.full))?.rev);
  await unpublishVersion(parts, caller, { name, rev, version: "1.1.0" });
  const target = { name: nameOf("@acme/withdrawn"), version: "1.0.0", detail: {} };
  await quarantine(parts, caller, { ...target, reason: "malware" });
}

async function addPeople(tx: MetadataWriter, acme: number): Promise<void> {
  const made = { name: "zoe", email: null, passwordHash: null, operator: true, lockedAt: AT, createdAt: AT };
  const { id: zoe } = await tx.insertAccount(made, "zoe");
  await tx.putIdentity(sampleIdentity(zoe));
  await tx.insertNamespace(sampleNamespace("org", { visibility: "restricted" }), "org");
  await tx.setRole("org", acme, "owner");
  await tx.setGroupRole("org", { provider: "github", group: { id: "123", name: "acme" } }, "member");
  await tx.insertTeam("acme", "legal");
  await tx.setTeamMember("acme", "legal", { accountId: zoe, isMember: true });
  const law = await tx.package("@acme/law");
  const packageId = law?.id ?? 0;
  await tx.setTeamPackage("acme", "legal", { packageId, permission: "read-write" });
  await tx.setPackageOwner(packageId, zoe, true);
  await tx.setDeprecated(packageId, "1.0.0", "use 2.0.0");
  await tx.setDistTag(packageId, { tag: "beta", version: "1.0.0", manual: true });
  await tx.setStar(packageId, zoe, true);
  const day = { packageId, version: "2.0.0", day: "2026-03-01", count: 7 };
  await tx.addDownloads([day]);
  await tx.addInstalls([{ ...day, count: 3 }]);
}

async function addMoves(tx: MetadataWriter, { signer }: Parts): Promise<void> {
  const tax = await tx.package("@acme/tax");
  if (tax === undefined) throw new Error("nothing was published");
  await tx.movePackage(tax.id, { name: "@acme/taxes", namespace: "acme" });
  await tx.setPackageVisibility(tax.id, "restricted");
  for (const { version, integrity } of await tx.versions(tax.id))
    await tx.setSignature(tax.id, version, signer.sign("@acme/taxes", version, integrity));
  await settle(tx, { ...tax, name: "@acme/taxes", visibility: "restricted" }, LATER);
  await tx.insertNamespace(sampleNamespace("before"), "before");
  await tx.renameNamespace("before", { name: "after", skeleton: "after", at: LATER });
  await tx.setReserved("kept-back", true);
}

async function addRest(tx: MetadataWriter, acme: number): Promise<void> {
  const trust = { id: "t1", subject: "@acme/law", issuer: "github", claims: { repository: "acme/skills" } };
  await tx.insertTrust({ ...trust, createdBy: "acme", createdAt: AT });
  await tx.useJti("github", "jti-1", LATER);
  await tx.insertToken(sampleToken(acme));
  const run = { id: "token-2", hash: "b".repeat(64), kind: "publish", trustId: "t1" } as const;
  await tx.insertToken(sampleToken(null, { ...run, provenance: PROVENANCE }));
  await tx.putLoginFlow({
    hash: "c".repeat(64),
    kind: "web",
    data: { nested: ["\0", "é"] },
    expiresAt: LATER,
  });
  const url = "https://upstream.example.com";
  const seen = { etag: null, contactAt: AT, behind: 1, failure: { at: AT, message: "away" } };
  await tx.insertNamespace(sampleNamespace("copied"), "copied");
  await tx.putMirror({ namespace: "copied", url, ...seen });
  await tx.putMirrorKeys(url, [{ keyid: "SHA256:1", publicKey: "cHVi" }]);
  await tx.putMirroredSkill({ name: "@copied/x", namespace: "copied", rev: "3" });
  const refused = { version: "1.0.0", integrity: "sha512-x", reason: "it breaks a rule", at: AT };
  await tx.putMirrorRefusals("@copied/x", [refused]);
}

/** Every row, sorted: databases sort texts differently. */
export async function dumpOf(metadata: Metadata): Promise<string[]> {
  return (await rowsOf(metadata)).map((row) => JSON.stringify(row)).toSorted();
}

export async function rowsOf(metadata: Pick<Metadata, "dump">): Promise<DumpedRow[]> {
  return await Array.fromAsync(metadata.dump());
}

/** Opens the stores of a configuration, does something with the metadata, and closes them. */
export async function withMetadata<T>(config: Config, work: (metadata: Metadata) => Promise<T>): Promise<T> {
  const { metadata, blobs, nodes } = await openStores(config);
  try {
    return await work(metadata);
  } finally {
    await nodes.close();
    await metadata.close();
    await blobs.close();
  }
}
