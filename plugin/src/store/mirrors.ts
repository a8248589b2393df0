/** What this registry copies of other ones, and how far it has come. Times are ISO 8601 in UTC, to the millisecond. */

/** A namespace that follows the one of the same name at another registry: nobody publishes to it here. */
export interface Mirror {
  namespace: string;
  /** Address of the other registry, without a trailing slash. */
  url: string;
  /** Of the list of its skills, once all of that is copied; null asks for the whole list. */
  etag: string | null;
  /** When the copy was last found to be, or made, that of the other registry; null before the first time. */
  contactAt: string | null;
  /** Skills that were known to be changed there and not yet here, when the last round ended. */
  behind: number;
  /** Why the last round did not come to its end; null when it did. */
  failure: { at: string; message: string } | null;
}

/** A public key of another registry that the operator believes. */
export interface MirrorKey {
  /** Address of the registry. */
  url: string;
  /** `SHA256:<base64>` of the key. */
  keyid: string;
  /** SPKI, DER, base64. */
  publicKey: string;
}

/** A skill of the other registry as it was when it was copied. */
export interface MirroredSkill {
  name: string;
  namespace: string;
  /** Of the other registry. Compared for being the same only: a backup that was restored there sets it back. */
  rev: string;
}

/** A version that is left out, or stays as it was first seen, and why. */
export interface MirrorRefusal {
  name: string;
  version: string;
  /** Of the refused bytes. */
  integrity: string;
  /** One line. */
  reason: string;
  at: string;
}

export interface MirrorReader {
  /** By namespace. */
  mirrors(): Promise<Mirror[]>;
  mirror(namespace: string): Promise<Mirror | undefined>;
  /** Of all registries that are, or were, followed. */
  mirrorKeys(): Promise<MirrorKey[]>;
  mirroredSkills(namespace: string): Promise<MirroredSkill[]>;
  /** The last first, at most `limit`. */
  mirrorRefusals(limit: number): Promise<MirrorRefusal[]>;
  /** Of one skill. */
  mirrorRefusalsOf(name: string): Promise<MirrorRefusal[]>;
}

export interface MirrorWriter {
  /** Inserts it, or replaces all of it. */
  putMirror(mirror: Mirror): Promise<void>;
  /** Replaces all keys of that registry. */
  putMirrorKeys(url: string, keys: Omit<MirrorKey, "url">[]): Promise<void>;
  /** Inserts it, or replaces all of it. */
  putMirroredSkill(skill: MirroredSkill): Promise<void>;
  deleteMirroredSkill(name: string): Promise<void>;
  /** Replaces all refusals of the skill. */
  putMirrorRefusals(name: string, refusals: Omit<MirrorRefusal, "name">[]): Promise<void>;
}
