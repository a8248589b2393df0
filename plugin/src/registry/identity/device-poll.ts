import { type Configuration, genericGrantRequest, initiateDeviceAuthorization } from "openid-client";
import type { DeviceLogin } from "./provider.ts";
import { oauthError } from "./provider-step.ts";

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
/** Seconds, where the provider does not tell (RFC 8628). */
const INTERVAL = 5;

export type DeviceTokens = Awaited<ReturnType<typeof genericGrantRequest>>;

export async function beginDevice(client: Configuration, scope: string): Promise<DeviceLogin> {
  const begun = await initiateDeviceAuthorization(client, { scope });
  return {
    deviceCode: begun.device_code,
    userCode: begun.user_code,
    verificationUrl: begun.verification_uri,
    expiresIn: begun.expires_in,
    interval: begun.interval ?? INTERVAL,
  };
}

/** Asks once, unlike the library, which waits: whoever logs in polls us. */
export async function pollDevice(
  client: Configuration,
  deviceCode: string,
): Promise<DeviceTokens | "pending" | "slow-down"> {
  try {
    return await genericGrantRequest(client, DEVICE_GRANT, { device_code: deviceCode });
  } catch (error) {
    if (oauthError(error) === "authorization_pending") return "pending";
    if (oauthError(error) === "slow_down") return "slow-down";
    throw error;
  }
}
