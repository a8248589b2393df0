import { randomBytes } from "node:crypto";
import { publishBody } from "../test/support/publish-body.ts";
import { interleave, table } from "./figures.ts";
import { type BenchServer, ourServer, stockVerdaccio } from "./servers.ts";

/** Bytes of chance in the payload, twice: once as base64, once as text that compresses by half. They make a tarball of 20 KB. */
const PAYLOAD_BYTES = 12_500;
const ROUNDS = { counted: 150, warmup: 20 };

/** One client, one keep-alive connection, a 20 KB skill: a new package each time, then a new version of one package. */
export async function benchPublish(): Promise<string> {
  await using ours = await ourServer();
  await using stock = await stockVerdaccio();
  const sections: string[] = [];
  for (const kind of ["a new package", "a new version"] as const) {
    const figures = await interleave(
      [
        { name: "skills-registry", run: publisher(ours, kind) },
        { name: "skills-registry again (A/A)", run: publisher(ours, kind) },
        { name: "stock Verdaccio 6.10.4, default store, signed tokens", run: publisher(stock, kind) },
      ],
      ROUNDS,
    );
    sections.push(table(`Publish ${kind}, 20 KB`, figures));
  }
  return sections.join("\n");
}

let serial = 0;

function publisher(server: BenchServer, kind: "a new package" | "a new version"): () => Promise<void> {
  const prepared: { address: string; body: string }[] = [];
  const name = `@acme/bench-${(serial += 1)}`;
  for (let round = 0; round < ROUNDS.counted + ROUNDS.warmup; round += 1) {
    const fresh = kind === "a new package" ? `${name}-${round}` : name;
    const version = kind === "a new package" ? "1.0.0" : `1.0.${round}`;
    const payload =
      randomBytes(PAYLOAD_BYTES)
        .toString("latin1")
        .replace(/[^\x20-\x7e]/g, "~") + randomBytes(PAYLOAD_BYTES).toString("base64");
    const body = JSON.stringify(
      publishBody({ name: fresh, version, files: { "references/data.txt": payload } }),
    );
    prepared.push({ address: `/${fresh.replace("/", "%2f")}`, body });
  }
  return async () => {
    const next = prepared.pop();
    if (next === undefined) throw new Error("no prepared publish left");
    const answer = await fetch(server.url + next.address, {
      method: "PUT",
      headers: { "content-type": "application/json", authorization: `Bearer ${server.token}` },
      body: next.body,
    });
    const text = await answer.text();
    if (answer.status !== 201) throw new Error(`${answer.status}: ${text}`);
  };
}
