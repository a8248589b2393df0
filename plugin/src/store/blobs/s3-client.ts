import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import type { S3Config } from "../../config.ts";
import { readSecret } from "../../read-secret.ts";
import { faultOf } from "./s3-failure.ts";

/** Repetitions of a request that failed for a moment: 500, 503, a connection that was reset. */
const RETRIES = 3;
/** Pause before the first repetition, milliseconds; twice as long before each next one. Random below that. */
const PAUSE_MS = 100;
/** Silences after which an answer is late even if the server has gone on sending something. */
const MOST_SILENCES = 6;
/** Connections to the server at a time: reads have their own, smaller bound in cache.ts. */
const SOCKETS = 64;

/** A client of the configured server. Throws where the secret key cannot be read. */
export async function s3Client(config: S3Config): Promise<S3Client> {
  const silenceMs = config.timeoutSeconds * 1000;
  return new S3Client({
    region: config.region,
    forcePathStyle: config.pathStyle,
    ...(config.endpoint === null ? {} : { endpoint: config.endpoint }),
    ...(await givenCredentials(config)),
    // Servers that are not Amazon's know no checksums but the one in the signature, which covers the body as well.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    retryStrategy: retries(),
    requestHandler: {
      connectionTimeout: silenceMs,
      socketTimeout: silenceMs,
      requestTimeout: silenceMs * MOST_SILENCES,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: SOCKETS },
      httpsAgent: { maxSockets: SOCKETS },
    },
  });
}

async function givenCredentials({ credentials }: S3Config): Promise<Pick<S3ClientConfig, "credentials">> {
  if (credentials === null) return {};
  const secretAccessKey = await readSecret(
    "skills.blobs.credentials.secretAccessKey",
    credentials.secretAccessKey,
  );
  return { credentials: { accessKeyId: credentials.accessKeyId, secretAccessKey } };
}

/** Unlike the library's own: a server that is silent is given up at once, for its callers have waited long enough. */
function retries(): NonNullable<S3ClientConfig["retryStrategy"]> {
  return {
    acquireInitialRetryToken: async () => attempt(0),
    async refreshRetryTokenForRetry(last, { error, errorType }) {
      const count = last.getRetryCount() + 1;
      const isMomentary = errorType === "TRANSIENT" || errorType === "THROTTLING";
      if (count > RETRIES || !isMomentary || faultOf(error).isSilent) {
        throw error ?? new Error("no more attempts");
      }
      return attempt(count);
    },
    recordSuccess: () => undefined,
  };
}

function attempt(count: number): { getRetryCount(): number; getRetryDelay(): number } {
  const pause = count === 0 ? 0 : Math.random() * PAUSE_MS * 2 ** (count - 1);
  return { getRetryCount: () => count, getRetryDelay: () => pause };
}
