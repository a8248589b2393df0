import { readFile } from "node:fs/promises";
import type { ProviderConfig } from "../../config.ts";
import { gitHubProvider } from "./github.ts";
import { oidcProvider } from "./oidc.ts";
import type { Provider, Providers } from "./provider.ts";

type Secret = string | { file: string };

/** The providers of the configuration. None is asked anything yet. Throws for a secret that cannot be read. */
export async function openProviders(configured: ProviderConfig[]): Promise<Providers> {
  const opened = await Promise.all(configured.map(openProvider));
  return opened.filter((provider) => provider !== undefined);
}

async function openProvider(configured: ProviderConfig): Promise<Provider | undefined> {
  if (configured.type === "local") return undefined;
  const { id, clientSecret } = configured;
  if (configured.type === "github")
    return gitHubProvider(configured, await readSecret(id, configured.clientSecret));
  return oidcProvider(
    configured,
    clientSecret === undefined ? undefined : await readSecret(id, clientSecret),
  );
}

async function readSecret(id: string, secret: Secret): Promise<string> {
  if (typeof secret === "string") return secret;
  const text = await readFile(secret.file, "utf8").catch((cause: unknown) => {
    throw new Error(`skills.providers: the client secret of ${id} cannot be read from ${secret.file}`, {
      cause,
    });
  });
  if (text.trim() === "")
    throw new Error(`skills.providers: the client secret of ${id}, ${secret.file}, is empty`);
  return text.trim();
}
