import type { Visibility } from "../../store/identity.ts";
import type { Caller } from "../caller.ts";
import type { Parts } from "../parts.ts";
import { changeNamespace } from "./change.ts";

/** Who sees new skills of the namespace; null leaves it to the registry's configuration. Those that are there stay as they are. */
export async function setDefaultVisibility(
  parts: Pick<Parts, "metadata" | "now">,
  caller: Caller,
  { namespace, visibility }: { namespace: string; visibility: Visibility | null },
): Promise<void> {
  const act = { caller, namespace, action: "namespace.visibility", detail: { visibility } };
  await changeNamespace(parts, act, async (tx) => await tx.setNamespaceVisibility(namespace, visibility));
}
