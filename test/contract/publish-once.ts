import type { Metadata } from "../../plugin/src/store/metadata.ts";
import { insertPackage, LATER, sampleDocument, sampleEntry, sampleVersion } from "./samples.ts";

const NAME = "@acme/legal-documents";

/** One transaction that writes to every table a publish writes to. */
export async function publishOnce(metadata: Metadata): Promise<void> {
  await metadata.transaction(async (tx) => {
    const { id } = await insertPackage(tx, NAME);
    await tx.putVersion(id, sampleVersion());
    await tx.setDistTag(id, { tag: "latest", version: "1.0.0", manual: false });
    await tx.putSearchDocument(id, sampleDocument(NAME));
    await tx.appendAudit(sampleEntry({ subject: NAME }));
    await tx.touchPackage(id, LATER);
  });
}
