import type { Group } from "../../store/identity.ts";

/** Somebody who proved to a provider who they are. */
export interface ProvedIdentity {
  /** Never reused by the provider: GitHub's number, OIDC's `sub`. */
  subject: string;
  /** Their name there; becomes the name of a new account where it can. */
  login: string;
  email: string | null;
  groups: Group[];
  /** What `ask` takes, for asking for the groups again; null when it cannot be asked again. A secret. */
  grant: string | null;
}

/** What a login holds back from the browser until the provider sends it back. */
export interface LoginChecks {
  state: string;
  nonce: string;
  /** PKCE; its S256 challenge goes to the provider. */
  verifier: string;
}

/** A device login that waits for its person (RFC 8628). */
export interface DeviceLogin {
  /** A secret. */
  deviceCode: string;
  /** What the person types. */
  userCode: string;
  verificationUrl: string;
  /** Seconds. */
  expiresIn: number;
  /** Seconds between two questions. */
  interval: number;
}

/** Stores a grant in place of the one that was asked with. */
export type KeepGrant = (grant: string) => Promise<void>;

/** Where people log in other than here. Every method throws EPROVIDER when the provider fails, is slow, or answers what it should not. */
export interface Provider {
  /** As configured: `github`, `okta`. */
  id: string;
  /** On buttons: `GitHub`. */
  title: string;
  /** Whether its logins become namespaces as they are, as GitHub's: nobody else can choose such a name. */
  ownsNames: boolean;
  /** Where the browser goes. `redirectUri` is ours. */
  authorizationUrl(redirectUri: string, checks: LoginChecks): Promise<URL>;
  /** What the browser came back with. Throws EFORBIDDEN when the person declined, or may not come in. */
  callback(url: URL, checks: LoginChecks): Promise<ProvedIdentity>;
  /** Undefined where there is no device flow; `begin` throws EFORBIDDEN where that shows only when the provider is asked. */
  device?: {
    begin(): Promise<DeviceLogin>;
    /** Asks once. Throws EFORBIDDEN when the person declined, or it took too long. */
    poll(deviceCode: string): Promise<ProvedIdentity | "pending" | "slow-down">;
  };
  /**
   * Who the grant's person is now; null when the grant has ended. `keep` is given the grant that replaces it before anything else can
   * fail: where providers take each grant once, another node, or the next start, could not go on without it.
   */
  ask(grant: string, keep?: KeepGrant): Promise<ProvedIdentity | null>;
}

/** The configured ones, in their order; names and passwords of our own are not among them. */
export type Providers = Provider[];
