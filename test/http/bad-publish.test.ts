import { gzipSync } from "node:zlib";
import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type PublishDocument, publishBody, publishDocument } from "../support/publish-body.ts";
import { startRegistry, type TestRegistry } from "../support/registry.ts";
import { hostileTarballs } from "../support/tarball.ts";
import { jsonOf } from "../support/json.ts";

let registry: TestRegistry;
let token: string;
let stored: string[];

beforeAll(async () => {
  registry = await startRegistry();
  token = await registry.account("acme");
});
afterAll(async () => await registry[Symbol.asyncDispose]());
beforeEach(async () => {
  stored = await blobsOf(registry);
});

async function blobsOf(running: TestRegistry): Promise<string[]> {
  return (await readdir(running.dataDir, { recursive: true }))
    .filter((file) => file.startsWith("blobs"))
    .toSorted();
}

async function put(body: unknown): Promise<{ status: number; code: string; error: string }> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const answer = await registry.fetch("/@acme%2fsample", { method: "PUT", token, body: text });
  const document: { code?: string; error?: string } = await jsonOf(answer);
  return { status: answer.status, code: document.code ?? "", error: document.error ?? "" };
}

async function expectNothingStored(): Promise<void> {
  expect(await blobsOf(registry)).toEqual(stored);
  expect((await registry.fetch("/@acme%2fsample")).status).toBe(404);
}

/** Changes one thing of a good document. */
function changed(
  change: (
    document: PublishDocument,
    version: Record<string, unknown>,
    attachment: Record<string, unknown>,
  ) => void,
): PublishDocument {
  const document = publishBody();
  const version = document.versions["1.0.0"] ?? {};
  const [attachment] = Object.values(document._attachments);
  change(document, version, attachment ?? {});
  return document;
}

const garbage = publishDocument({ name: "@acme/sample", version: "1.0.0" }, Buffer.from("not a tarball"));
const bomb = publishDocument(
  { name: "@acme/sample", version: "1.0.0" },
  gzipSync(Buffer.alloc(300 * 1024 * 1024)),
);

const CASES: [string, unknown, number, string][] = [
  ["malformed JSON", "{", 400, "EBADBODY"],
  ["null", "null", 400, "EBADBODY"],
  ["an array", [], 400, "EBADBODY"],
  ["a number", "5", 400, "EBADBODY"],
  ["deep nesting", `${"[".repeat(50_000)}${"]".repeat(50_000)}`, 400, "EBADBODY"],
  ["no attachment", changed((document) => (document._attachments = {})), 400, "EBADBODY"],
  [
    "two attachments",
    changed((document, _version, attachment) => (document._attachments["x.sigstore"] = attachment)),
    400,
    "EBADBODY",
  ],
  ["no version", changed((document) => (document.versions = {})), 400, "EBADBODY"],
  ["two versions", changed((document, version) => (document.versions["1.0.1"] = version)), 400, "EBADBODY"],
  ["a garbage tarball", garbage, 422, "ESKILLINVALID"],
  ["a gzip bomb", bomb, 422, "ESKILLINVALID"],
  [
    "a wrong sha512",
    changed((_document, version) => (version["dist"] = { integrity: `sha512-${"A".repeat(86)}==` })),
    422,
    "ESKILLMISMATCH",
  ],
  [
    "a wrong shasum",
    changed((_document, version) => (version["dist"] = { shasum: "0".repeat(40) })),
    422,
    "ESKILLMISMATCH",
  ],
  [
    "a wrong length",
    changed((_document, _version, attachment) => (attachment["length"] = 3)),
    422,
    "ESKILLMISMATCH",
  ],
  [
    "an attachment that is not base64",
    changed((_document, _version, attachment) => (attachment["data"] = "%%%%")),
    400,
    "EBADBODY",
  ],
  [
    "an attachment of null",
    changed((document) => (document._attachments["x"] = JSON.parse("null"))),
    400,
    "EBADBODY",
  ],
  ["another name in the body", changed((document) => (document.name = "@acme/other")), 422, "ESKILLMISMATCH"],
  ["another _id", changed((document) => (document._id = "@acme/other")), 422, "ESKILLMISMATCH"],
  [
    "another name in the version",
    changed((_document, version) => (version["name"] = "@evil/other")),
    422,
    "ESKILLMISMATCH",
  ],
  [
    "another version in the version",
    changed((_document, version) => (version["version"] = "6.6.6")),
    422,
    "ESKILLMISMATCH",
  ],
  [
    "a key that is not a version",
    changed((document, version) => (document.versions = { banana: { ...version, version: "banana" } })),
    400,
    "EBADBODY",
  ],
  [
    "other dependencies than the tarball",
    changed((_document, version) => (version["dependencies"] = { "@acme/evil": "1.0.0" })),
    422,
    "ESKILLMISMATCH",
  ],
  [
    "another description than the tarball",
    changed((_document, version) => (version["description"] = "Other.")),
    422,
    "ESKILLMISMATCH",
  ],
  [
    "a missing field of the tarball",
    changed((_document, version) => delete version["license"]),
    422,
    "ESKILLMISMATCH",
  ],
  [
    "a dist-tag that names another version",
    changed((document) => (document["dist-tags"] = { latest: "9.9.9" })),
    400,
    "EBADBODY",
  ],
  [
    "two dist-tags",
    changed((document) => (document["dist-tags"] = { latest: "1.0.0", beta: "1.0.0" })),
    400,
    "EBADBODY",
  ],
  [
    "a dist-tag that looks like a range",
    changed((document) => (document["dist-tags"] = { "^1.0.0": "1.0.0" })),
    400,
    "EBADREQUEST",
  ],
  ["an access that there is not", changed((document) => (document["access"] = "secret")), 400, "EBADBODY"],
];

describe("a publish with", () => {
  it.each(CASES)("%s is refused and stores nothing", async (_name, body, status, code) => {
    expect(await put(body)).toMatchObject({ status, code });
    await expectNothingStored();
  });

  it("a hostile archive is refused with its issue codes and stores nothing", async () => {
    expect(hostileTarballs.length).toBeGreaterThan(40);
    for (const { name, bytes, codes } of hostileTarballs) {
      const manifest = { name: "@acme/sample", version: "1.0.0" };
      const answer = await registry.fetch("/@acme%2fsample", {
        method: "PUT",
        token,
        body: JSON.stringify(publishDocument(manifest, Buffer.from(bytes()))),
      });
      const document: { issues: { code: string }[] } = await jsonOf(answer);
      expect(answer.status, name).toBe(422);
      expect(
        document.issues.map((issue) => issue.code),
        name,
      ).toEqual(expect.arrayContaining([...codes]));
    }
    await expectNothingStored();
  });
});

/** Nine JSON values, one of each kind that has surprised a server. */
const JSON_VALUES: Record<string, unknown> = {
  null: null,
  true: true,
  number: 5,
  negative: -1.5,
  text: "x",
  empty: "",
  list: [null],
  object: { a: 1 },
  nested: { a: { b: [{}] } },
};

/** Fields of the document and of its version; 32 fields × 9 values = 288 documents. */
const TOP_FIELDS = [
  "_id",
  "name",
  "description",
  "readme",
  "readmeFilename",
  "access",
  "dist-tags",
  "maintainers",
  "users",
  "time",
  "keywords",
  "license",
  "homepage",
  "versions",
  "_attachments",
];
const VERSION_FIELDS = [
  "name",
  "version",
  "description",
  "keywords",
  "license",
  "author",
  "contributors",
  "homepage",
  "repository",
  "bugs",
  "dependencies",
  "optionalDependencies",
  "peerDependencies",
  "scripts",
  "bin",
  "engines",
  "dist",
];

/** Values that mean nothing more than the field's absence, or are right: npm and other clients send them. */
const HARMLESS = new Set(
  [
    "_id",
    "description",
    "readme",
    "readmeFilename",
    "access",
    "dist-tags",
    "maintainers",
    "users",
    "time",
    "keywords",
    "license",
    "homepage",
  ].map((field) => `top ${field} null`),
);

describe("every field as every JSON type", () => {
  const fields = [
    ...TOP_FIELDS.map((field) => ["top", field] as const),
    ...VERSION_FIELDS.map((field) => ["version", field] as const),
  ];

  it("makes 288 documents", () => {
    expect(fields.length * Object.keys(JSON_VALUES).length).toBe(288);
  });

  it("is answered with one clear 4xx, or published as the tarball says; the process lives", async () => {
    const surprises: string[] = [];
    let serial = 0;
    for (const [place, field] of fields) {
      for (const [type, value] of Object.entries(JSON_VALUES)) {
        serial += 1;
        const name = `@acme/fuzz-${serial}`;
        const document = publishBody({ name });
        const target = place === "top" ? document : (document.versions["1.0.0"] ?? {});
        target[field] = value;
        const answer = await registry.fetch(`/@acme%2ffuzz-${serial}`, {
          method: "PUT",
          token,
          body: JSON.stringify(document),
        });
        const body: { error?: string; code?: string } = await jsonOf(answer);
        const label = `${place} ${field} ${type}`;
        const read = await registry.fetch(`/@acme%2ffuzz-${serial}`);
        if (answer.status === 201) {
          const packument: { versions: Record<string, { description: string }> } = await jsonOf(read);
          if (packument.versions["1.0.0"]?.description !== "A sample.")
            surprises.push(`${label}: stored ${JSON.stringify(packument)}`);
          if (!HARMLESS.has(label) && !isRightType(place, field, type)) surprises.push(`${label}: 201`);
        } else if (
          answer.status < 400 ||
          answer.status > 499 ||
          body.error === undefined ||
          body.code === undefined
        ) {
          surprises.push(`${label}: ${answer.status}`);
        } else if (read.status !== 404) {
          surprises.push(`${label}: refused, but readable`);
        }
      }
    }
    expect(surprises).toEqual([]);
    expect((await registry.fetch("/-/ping")).status).toBe(200);
  });
});

/** The few documents that stay valid: the field has that type, and its value is not one that has to equal the tarball's. */
function isRightType(place: string, field: string, type: string): boolean {
  const texts = ["text", "empty"];
  const right: Record<string, string[]> = {
    "top description": texts,
    "top readme": texts,
    "top readmeFilename": texts,
    "top homepage": texts,
    "top keywords": texts,
    "top license": [...texts, "object", "nested"],
    // Objects of which no known field is there claim nothing.
    "version dist": ["object", "nested"],
    "version bugs": ["object", "nested"],
  };
  return right[`${place} ${field}`]?.includes(type) ?? false;
}
