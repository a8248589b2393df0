import { writeFile } from "node:fs/promises";
import path from "node:path";
import { startPostgres } from "../../test/support/postgres-server.ts";
import { makeBucket } from "../../test/support/s3-server.ts";

export interface ScaleOut extends AsyncDisposable {
  /** A configuration file with both stores. */
  config: string;
}

/** A PostgreSQL and an S3 server of their own, both from npm packages, and the configuration of a registry on them in `dir`. */
export async function startScaleOut(dir: string): Promise<ScaleOut> {
  const postgres = await startPostgres();
  const bucket = await makeBucket();
  const config = path.join(dir, "config.yaml");
  const skills = {
    data: path.join(dir, "registry"),
    metadata: { type: "postgres", url: postgres.url("postgres") },
    blobs: bucket.settings,
    secretFile: path.join(dir, "secret.key"),
  };
  // JSON is YAML.
  await writeFile(config, JSON.stringify({ listen: "127.0.0.1:0", skills }, null, 2));
  return {
    config,
    async [Symbol.asyncDispose]() {
      await bucket[Symbol.asyncDispose]();
      await postgres[Symbol.asyncDispose]();
    },
  };
}
