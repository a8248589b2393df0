import { describe, expect, test } from "vitest";
import type { Metadata } from "../../plugin/src/store/metadata.ts";
import { describeAudit } from "./audit.ts";
import { describeCounts } from "./counts.ts";
import { describeIdentity } from "./identity.ts";
import { describePackages } from "./packages.ts";
import { LATER, sampleKey } from "./samples.ts";
import { describeSearch } from "./search.ts";
import { describeSignals } from "./signals.ts";
import { describeSweeps } from "./sweeps.ts";
import { describeTransactions } from "./transactions.ts";
import { describeVersions } from "./versions.ts";

export interface OpenedMetadata extends AsyncDisposable {
  metadata: Metadata;
  /** A second handle on the same data, as another node has it. */
  another(): Promise<Metadata>;
}

export type OpenMetadata = () => Promise<OpenedMetadata>;

/** What every adapter of the port does. `open` starts from nothing each time. */
export function describeMetadata(name: string, open: OpenMetadata): void {
  describe(`metadata: ${name}`, () => {
    describe("packages", () => {
      describePackages(open);
    });
    describe("versions", () => {
      describeVersions(open);
    });
    describe("signing keys", () => {
      describeKeys(open);
    });
    describeIdentity(open);
    describe("audit", () => {
      describeAudit(open);
    });
    describe("signals", () => {
      describeSignals(open);
    });
    describe("counts", () => {
      describeCounts(open);
    });
    describe("sweeps", () => {
      describeSweeps(open);
    });
    describe("transactions", () => {
      describeTransactions(open);
    });
    describe("search", () => {
      describeSearch(open);
    });
  });
}

function describeKeys(open: OpenMetadata): void {
  test("the newest signing key is the one in use", async () => {
    await using opened = await open();
    const { metadata } = opened;
    expect(await metadata.signingKey()).toBeUndefined();
    const newest = sampleKey({ keyid: "SHA256:2", createdAt: LATER });
    await metadata.transaction((tx) => tx.insertSigningKey(newest));
    await metadata.transaction((tx) => tx.insertSigningKey(sampleKey()));
    expect(await metadata.signingKey()).toEqual(newest);
  });
}
