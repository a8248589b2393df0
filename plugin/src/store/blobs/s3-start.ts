import {
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { SkillsError } from "@skills-registry/schema";
import type { S3Config } from "../../config.ts";
import { Outage } from "../outage.ts";
import { faultOf, reasonOf, type S3Fault } from "./s3-failure.ts";

/** Written and removed at each start: credentials may read, and not write. */
const PROBE = "write-probe";

/** What the credentials were not allowed to do. */
type Deed = "list" | "write" | "delete";

/** Tries what the registry needs of its bucket. Throws ESTORAGE, with the setting to look at, when it cannot be used. */
export async function refuseUnusable(client: S3Client, config: S3Config): Promise<void> {
  const probe = { Bucket: config.bucket, Key: `${config.prefix}${PROBE}` };
  await trying(config, "list", async () => {
    const listed = await client.send(
      new ListObjectsV2Command({ Bucket: config.bucket, Prefix: config.prefix, MaxKeys: 1 }),
    );
    // Any web server answers 200 to something.
    if (listed.KeyCount === undefined && listed.IsTruncated === undefined) throw new Error("no list");
  });
  await trying(config, "write", () => client.send(new PutObjectCommand({ ...probe, Body: "tried" })));
  await trying(config, "delete", () => client.send(new DeleteObjectCommand(probe)));
}

async function trying(config: S3Config, deed: Deed, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    const fault = faultOf(thrown);
    const { problem, hint } = diagnose(config, deed, fault);
    const reason = `S3: ${reasonOf(thrown)}`;
    throw new SkillsError("ESTORAGE", `the bucket ${config.bucket} at ${placeOf(config)}: ${problem}`, {
      hint,
      cause: isPassing(fault) ? new Outage(reason) : new Error(reason),
    });
  }
}

/** Codes of Node.js's network; S3's own are words. */
const NETWORK_CODE = /^E[A-Z_]+$/;

/** Whether the same question may be answered a little later: the server is silent, not there, or in trouble. */
function isPassing({ code = "", status, isSilent }: S3Fault): boolean {
  return isSilent || (status === undefined ? NETWORK_CODE.test(code) : status >= 500);
}

interface Diagnosis {
  problem: string;
  hint: string;
}

const WRONG_KEY = new Set(["InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken"]);
const OTHER_REGION = new Set([
  "PermanentRedirect",
  "AuthorizationHeaderMalformed",
  "IllegalLocationConstraintException",
]);

function diagnose(config: S3Config, deed: Deed, fault: S3Fault): Diagnosis {
  const { code = "", status, isSilent } = fault;
  if (code === "NoSuchBucket") {
    return { problem: "there is no such bucket", hint: "Create it, or correct skills.blobs.bucket." };
  }
  if (code === "CredentialsProviderError") {
    return {
      problem: "no credentials were found",
      hint: "Set skills.blobs.credentials, or the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    };
  }
  if (WRONG_KEY.has(code)) {
    return { problem: `the credentials are refused (${code})`, hint: "Correct skills.blobs.credentials." };
  }
  if (OTHER_REGION.has(code) || status === 301) {
    return { problem: `it is not in the region ${config.region}`, hint: "Correct skills.blobs.region." };
  }
  if (status === 403) return notAllowed(config, deed);
  if (isSilent) {
    return {
      problem: `no answer in ${config.timeoutSeconds} seconds`,
      hint: "Check skills.blobs.endpoint, and that this machine can reach it.",
    };
  }
  return unanswered(config, fault);
}

function notAllowed({ prefix }: S3Config, deed: Deed): Diagnosis {
  return {
    problem: `the credentials may not ${deed} in it`,
    hint: `They need s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload on ${prefix}*.`,
  };
}

function unanswered({ endpoint }: S3Config, { code, status }: S3Fault): Diagnosis {
  const setting = endpoint === null ? "skills.blobs.region" : "skills.blobs.endpoint";
  if (status === undefined && code !== undefined) {
    return { problem: `cannot be reached (${code})`, hint: `Check ${setting}, and that the server runs.` };
  }
  if (status !== undefined && status >= 500) {
    return { problem: `the server answers ${status}`, hint: `Try again; if it stays so, check ${setting}.` };
  }
  return {
    problem: "what answers there is no S3 server",
    hint: `Correct ${setting}; servers that are not Amazon's often want skills.blobs.pathStyle: true.`,
  };
}

/** Where the bucket is, for people: an endpoint may hold a name and a password. */
function placeOf({ endpoint, region }: S3Config): string {
  return endpoint === null ? `Amazon S3 in ${region}` : new URL(endpoint).host;
}
