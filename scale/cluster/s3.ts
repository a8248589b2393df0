import { randomUUID } from "node:crypto";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { S3Config } from "../../plugin/src/config.ts";
import { hasRadosgw, startRadosgw } from "../../test/support/radosgw.ts";
import { makeBucket, s3Settings } from "../../test/support/s3-server.ts";
import { ownPrograms } from "./program.ts";

export interface S3Store extends AsyncDisposable {
  /** For the tables. */
  name: string;
  /** Of a new, empty bucket. */
  settings: S3Config;
  /** Its processes; none where it is in this one. */
  pids: number[];
}

/** Ceph's gateway where it is installed, as on the machines of CI; else, or with SCALE_S3=s3rver, a light server in this process. */
export async function startS3(): Promise<S3Store> {
  if (process.env["SCALE_S3"] !== "s3rver" && (await hasRadosgw())) return await startCeph();
  const bucket = await makeBucket();
  return {
    name: "s3rver in the process of the clients",
    settings: bucket.settings,
    pids: [],
    [Symbol.asyncDispose]: async () => await bucket[Symbol.asyncDispose](),
  };
}

async function startCeph(): Promise<S3Store> {
  const server = await startRadosgw();
  const settings = s3Settings(server.account, `skills-${randomUUID()}`);
  const { endpoint, ...credentials } = server.account;
  const client = new S3Client({ endpoint, region: settings.region, forcePathStyle: true, credentials });
  await client.send(new CreateBucketCommand({ Bucket: settings.bucket }));
  client.destroy();
  return {
    name: "radosgw (objects in memory)",
    settings,
    pids: ownPrograms(/^(ceph-|radosgw)/),
    [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose](),
  };
}
