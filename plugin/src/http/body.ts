import type { IncomingMessage } from "node:http";
import { SkillsError } from "@skills-registry/schema";

/**
 * The bytes of a body that the host has left alone, as it does with everything that is not JSON.
 * Reads no more than `max` bytes, whatever the headers say. Throws ESKILLTOOLARGE, or EBADREQUEST for a body that is compressed
 * or was read as JSON.
 */
export async function readBody(message: IncomingMessage, max: number): Promise<Buffer> {
  if (message.headers["content-encoding"] !== undefined) {
    throw new SkillsError("EBADREQUEST", "the body is compressed once more by content-encoding");
  }
  if (message.readableEnded && Number(message.headers["content-length"] ?? 1) > 0) {
    throw new SkillsError("EBADREQUEST", "the content-type of the body is not one that this address takes");
  }
  const chunks: Buffer[] = [];
  let size = 0;
  // Not `for await`: leaving it early would destroy the connection, and with it the answer.
  await new Promise<void>((resolve, reject) => {
    message.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= max) return void chunks.push(chunk);
      message.removeAllListeners("data").resume();
      reject(new SkillsError("ESKILLTOOLARGE", `the request body has more than ${max} bytes`));
    });
    message.once("end", resolve);
    const brokeOff = (): void => reject(new SkillsError("EBADREQUEST", "the body broke off"));
    // Its code would be that of a store that hung up.
    message.once("error", brokeOff);
    message.once("close", brokeOff);
    if (message.readableEnded) resolve();
    // It waits for this, see verdaccio/middleware.ts.
    message.resume();
  });
  return Buffer.concat(chunks);
}
