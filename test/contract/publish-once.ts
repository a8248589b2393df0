import type { Metadata } from "../../plugin/src/store/metadata.ts";
import { AT, LATER, sampleDocument, sampleVersion } from "./samples.ts";

const NAME = "@acme/legal-documents";

/** One transaction that writes to every table a publish writes to. */
export async function publishOnce(metadata: Metadata): Promise<void> {
  await metadata.transaction(async (tx) => {
    const { id } = await tx.insertPackage({ name: NAME, namespace: "acme", at: AT });
    await tx.putVersion(id, sampleVersion());
    await tx.setDistTag(id, { tag: "latest", version: "1.0.0", manual: false });
    await tx.putSearchDocument(id, sampleDocument(NAME));
    await tx.appendAudit({
      at: AT,
      account: "acme",
      action: "publish",
      subject: NAME,
      detail: {},
      address: "::1",
    });
    await tx.touchPackage(id, LATER);
  });
}
