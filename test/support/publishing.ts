import path from "node:path";
import { parsePackageName, type PublishAnswer } from "../../schema/src/index.ts";
import { defaultSettings } from "../../plugin/src/config-file.ts";
import { buildRegistry, type Registry } from "../../plugin/src/open.ts";
import type { Stores } from "../../plugin/src/open-stores.ts";
import { signIn } from "../../plugin/src/registry/accounts.ts";
import type { Caller } from "../../plugin/src/registry/caller.ts";
import { readPackument } from "../../plugin/src/registry/packument.ts";
import type { Publication } from "../../plugin/src/registry/candidate.ts";
import { publish } from "../../plugin/src/registry/publish.ts";
import { digestOf, digestOfIntegrity } from "../../plugin/src/store/digest.ts";
import { diskBlobs } from "../../plugin/src/store/blobs/disk.ts";
import { nodeFileSystem } from "../../plugin/src/store/blobs/file-system.ts";
import { localNodes } from "../../plugin/src/store/nodes/local.ts";
import { type FaultPlan, faultyBlobs, faultyFileSystem, faultyMetadata } from "./faulty-store.ts";
import { packageTarball } from "./skill.ts";
import { openMetadataBeside } from "./test-store.ts";

const NAME = parsePackageName("@acme/sample");
const LOCAL: Caller = { account: null, token: null, operator: false, address: "127.0.0.1", local: true };

/** The registry's domain over real stores in `dir`, every operation of which goes through `plan`. */
export async function openDomain(dir: string, plan?: FaultPlan): Promise<Registry> {
  const { registry: config } = defaultSettings(dir);
  return await buildRegistry(config, await openPlanned(config.data, plan));
}

async function openPlanned(data: string, plan: FaultPlan | undefined): Promise<Stores> {
  const fs = plan === undefined ? nodeFileSystem : faultyFileSystem(nodeFileSystem, plan);
  const metadata = await openMetadataBeside(data);
  const blobs = await diskBlobs({ dir: path.join(data, "blobs"), fs });
  return plan === undefined
    ? { metadata, blobs, nodes: localNodes() }
    : { metadata: faultyMetadata(metadata, plan), blobs: faultyBlobs(blobs, plan), nodes: localNodes() };
}

/** Lets everything pass, uncounted, until it is armed: a scenario starts with sound stores. */
export function whenArmed(plan: FaultPlan): FaultPlan & { arm(): void } {
  const pass = (): void => undefined;
  let armed = false;
  return {
    operations: plan.operations,
    next: (name) => (armed ? plan.next(name) : { before: pass, after: pass }),
    arm() {
      armed = true;
    },
  };
}

/** The account that owns @acme; made where there is none, for logging in takes a tenth of a second. */
export async function acme(registry: Registry): Promise<Caller> {
  const known = await registry.services.parts.metadata.account("acme");
  if (known !== undefined) return { ...LOCAL, account: known };
  const { account } = await signIn(registry.services.parts, LOCAL, {
    name: "acme",
    password: "correct horse battery",
    email: null,
  });
  return { ...LOCAL, account };
}

export function samplePublication(version: string): Publication {
  if (NAME === undefined) throw new Error("not a name");
  const manifest = { name: NAME.full, version, license: "MIT" };
  const tarball = packageTarball({
    "package.json": JSON.stringify(manifest),
    "SKILL.md": `---\nname: sample\ndescription: Version ${version}.\n---\nBody of ${version}.\n`,
  });
  return { name: NAME, version, tag: "latest", access: null, claimed: manifest, claimedDist: {}, tarball };
}

export async function publishSample(
  registry: Registry,
  caller: Caller,
  version: string,
): Promise<PublishAnswer> {
  return await publish(registry.services.parts, caller, samplePublication(version));
}

/** Live versions whose tarball is there with the right bytes; throws for one that is listed but cannot be read. */
export async function intactVersions(registry: Registry): Promise<string[]> {
  const { metadata, blobs } = registry.services.parts;
  const found = await metadata.package("@acme/sample");
  const source = found && (await readPackument(metadata, found));
  for (const { version, integrity } of source?.versions ?? []) {
    const blob = await blobs.open(digestOfIntegrity(integrity));
    if (blob === undefined) throw new Error(`${version} has no tarball`);
    const bytes = Buffer.concat(await blob.stream.toArray());
    if (digestOf(bytes) !== digestOfIntegrity(integrity)) throw new Error(`${version} has other bytes`);
  }
  return (source?.versions ?? []).map(({ version }) => version);
}
