import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";

/** A certificate with its key, both in PEM. */
export interface Certificate {
  key: string;
  cert: string;
}

/** An authority of one's own, as companies have it. */
export interface Authority {
  /** Its own certificate, in PEM. */
  cert: string;
  /** A certificate for a server on this machine, or for a client. */
  issue(commonName: string): Certificate;
}

/** X.509 by hand, as little as TLS needs of it: tests must not depend on openssl being there. */
export function makeAuthority(): Authority {
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = nameOf("An authority of tests");
  const build = (subject: Subject): string =>
    pem("CERTIFICATE", certificate(subject, { name, key: own.privateKey }));
  return {
    cert: build({
      name,
      key: own.publicKey,
      extensions: [extension("2.5.29.19", sequence(bytes(0x01, [0xff])))],
    }),
    issue: (commonName) => {
      const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      // Subject alternative names: this machine, by address and by name.
      const names = sequence(bytes(0x87, [127, 0, 0, 1]), bytes(0x82, "localhost"));
      const extensions = [extension("2.5.29.17", names)];
      return {
        key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
        cert: build({ name: nameOf(commonName), key: publicKey, extensions }),
      };
    },
  };
}

interface Subject {
  name: Buffer;
  key: KeyObject;
  extensions: Buffer[];
}

const ECDSA_WITH_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));
const SERIAL_BYTES = 8;

function certificate(subject: Subject, issuer: { name: Buffer; key: KeyObject }): Buffer {
  const toBeSigned = sequence(
    bytes(0xa0, bytes(0x02, [2])),
    bytes(0x02, [1, ...randomBytes(SERIAL_BYTES)]),
    ECDSA_WITH_SHA256,
    issuer.name,
    sequence(bytes(0x18, "20200101000000Z"), bytes(0x18, "20990101000000Z")),
    subject.name,
    subject.key.export({ type: "spki", format: "der" }),
    bytes(0xa3, sequence(...subject.extensions)),
  );
  return sequence(toBeSigned, ECDSA_WITH_SHA256, bitString(sign("sha256", toBeSigned, issuer.key)));
}

function nameOf(commonName: string): Buffer {
  return sequence(bytes(0x31, sequence(oid("2.5.4.3"), bytes(0x0c, commonName))));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(oid(id), bytes(0x04, value));
}

function sequence(...parts: Buffer[]): Buffer {
  return bytes(0x30, Buffer.concat(parts));
}

function bitString(content: Buffer): Buffer {
  return bytes(0x03, Buffer.concat([Buffer.of(0), content]));
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return bytes(0x06, [first * 40 + second, ...rest.flatMap(base128)]);
}

function base128(value: number): number[] {
  const low = [value & 0x7f];
  for (let left = value >> 7; left > 0; left >>= 7) low.unshift((left & 0x7f) | 0x80);
  return low;
}

/** Tag, length and content, as DER writes everything. */
function bytes(tag: number, content: Buffer | string | number[]): Buffer {
  const body = typeof content === "string" ? Buffer.from(content) : Buffer.from(content);
  const length = body.length < 0x80 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), body]);
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
