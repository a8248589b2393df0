import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { faultOf } from "./s3-failure.ts";

/** 403, 405, 501: the server does not list uploads, or not for us. A rule of the bucket has to expire them then. */
const CANNOT_LIST = new Set([403, 405, 501]);

/** Frees the parts of uploads that were begun before then and never completed; their processes have died. */
export async function abortUploads(
  client: S3Client,
  place: { Bucket: string; Prefix: string },
  before: Date,
): Promise<void> {
  for await (const { Key, UploadId, Initiated } of uploads(client, place)) {
    // Another server may give a prefix more than was asked for.
    if (Initiated === undefined || Initiated >= before || Key?.startsWith(place.Prefix) !== true) continue;
    await client.send(new AbortMultipartUploadCommand({ Bucket: place.Bucket, Key, UploadId }));
  }
}

interface Unfinished {
  Key?: string | undefined;
  UploadId?: string | undefined;
  Initiated?: Date | undefined;
}

async function* uploads(
  client: S3Client,
  place: { Bucket: string; Prefix: string },
): AsyncGenerator<Unfinished> {
  let marks: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {};
  while (marks !== undefined) {
    const page: ListMultipartUploadsCommandOutput | undefined = await client
      .send(new ListMultipartUploadsCommand({ ...place, ...marks }))
      .catch(unlessRefused);
    yield* page?.Uploads ?? [];
    const isMore: boolean = page?.IsTruncated === true;
    marks = isMore ? { KeyMarker: page?.NextKeyMarker, UploadIdMarker: page?.NextUploadIdMarker } : undefined;
  }
}

function unlessRefused(error: unknown): undefined {
  if (!CANNOT_LIST.has(faultOf(error).status ?? 0)) throw error;
}
