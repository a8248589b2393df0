import { execFile } from "node:child_process";
import { readdir, readFile, mkdtemp, rm, cp, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";
import { parseConfig } from "../plugin/src/config-file.ts";
import type { Config } from "../plugin/src/config.ts";
import { routes } from "../plugin/src/http/routes.ts";

const run = promisify(execFile);
const DEPLOY = path.resolve(import.meta.dirname, "../deploy");
const SECRETS = "/run/secrets/";

const secretNames = z.record(z.string(), z.object({ file: z.string() }));
const compose = z.object({
  services: z.record(z.string(), z.looseObject({ secrets: z.array(z.string()).optional() })),
  secrets: secretNames,
  volumes: z.record(z.string(), z.unknown()),
});

async function deployed(file: string): Promise<string> {
  return await readFile(path.join(DEPLOY, file), "utf8");
}

/** Files that the configuration of a registry names as secrets. */
function secretFiles({ metadata, blobs, secretFile, metrics }: Config): string[] {
  const urls = metadata.type === "postgres" ? [metadata.url] : [];
  const keys = blobs.type === "s3" && blobs.credentials !== null ? [blobs.credentials.secretAccessKey] : [];
  const tokens = typeof metrics === "string" ? [] : [metrics.token];
  const named = [...urls, ...keys, ...tokens].map((secret) =>
    typeof secret === "string" ? secret : secret.file,
  );
  return [...named, secretFile ?? ""];
}

async function inComposition(): Promise<z.infer<typeof compose>> {
  return compose.parse(parse(await deployed("compose.yaml"), { merge: true }));
}

describe("deploy/compose.yaml", () => {
  it("hands each node exactly the secrets that deploy/config.yaml names", async () => {
    const { registry } = parseConfig(await deployed("config.yaml"), path.join(DEPLOY, "config.yaml"));
    const wanted = secretFiles(registry).toSorted();
    const { services } = await inComposition();
    for (const name of ["registry-1", "registry-2"]) {
      expect(services[name]?.secrets?.map((secret) => SECRETS + secret).toSorted(), name).toEqual(wanted);
    }
  });

  it("names only secrets that make-secrets.sh makes, readable by their owner alone", async () => {
    const { secrets } = await inComposition();
    const folder = await mkdtemp(path.join(os.tmpdir(), "skills-deploy-"));
    try {
      await cp(path.join(DEPLOY, "make-secrets.sh"), path.join(folder, "make-secrets.sh"));
      await run("sh", [path.join(folder, "make-secrets.sh")]);
      const made = await readdir(path.join(folder, "secrets"));
      expect(
        Object.values(secrets)
          .map(({ file }) => path.basename(file))
          .toSorted(),
      ).toEqual(made.toSorted());
      const first = await readFile(path.join(folder, "secrets/secret.key"), "utf8");
      expect(first).toMatch(/^[\da-f]{64}$/);
      for (const file of made)
        expect((await stat(path.join(folder, "secrets", file))).mode & 0o077, file).toBe(0);
      // A second run keeps what is there: a lost key cannot be made again.
      await run("sh", [path.join(folder, "make-secrets.sh")]);
      expect(await readFile(path.join(folder, "secrets/secret.key"), "utf8")).toBe(first);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("mounts only files that are in the folder", async () => {
    const { services, volumes } = await inComposition();
    const mounts = Object.values(services).flatMap((service) =>
      z.array(z.string()).default([]).parse(service["volumes"]),
    );
    expect(mounts.length).toBeGreaterThan(4);
    for (const mount of mounts) {
      const [source = ""] = mount.split(":");
      if (source.startsWith("./")) await stat(path.join(DEPLOY, source));
      else expect(Object.keys(volumes)).toContain(source);
    }
  });
});

describe("deploy/kubernetes", () => {
  it("has a configuration that the registry takes, with secrets that are mounted and closed to others", async () => {
    const configMap = z.object({ data: z.object({ "config.yaml": z.string() }) });
    const { data } = configMap.parse(parse(await deployed("kubernetes/configmap.yaml")));
    const { registry } = parseConfig(data["config.yaml"], "/etc/skills-registry/config.yaml");
    const secret = z.object({ stringData: z.record(z.string(), z.string()) });
    const { stringData } = secret.parse(parse(await deployed("kubernetes/secret.example.yaml")));
    const mounted = Object.keys(stringData).map((name) => `${SECRETS}skills-registry/${name}`);
    expect(mounted.toSorted()).toEqual(secretFiles(registry).toSorted());
    const deployment = await deployed("kubernetes/deployment.yaml");
    expect(deployment).toContain(`mountPath: ${SECRETS}skills-registry,`);
    expect(deployment).toContain("defaultMode: 0440");
  });

  it("waits longer for a node that stops than the node may take", async () => {
    const { data } = z
      .object({ data: z.object({ "config.yaml": z.string() }) })
      .parse(parse(await deployed("kubernetes/configmap.yaml")));
    const { registry } = parseConfig(data["config.yaml"], "/etc/skills-registry/config.yaml");
    const grace = Number(
      /terminationGracePeriodSeconds: (\d+)/.exec(await deployed("kubernetes/deployment.yaml"))?.[1],
    );
    expect(grace).toBeGreaterThan(registry.drainSeconds + DRAIN_SECONDS);
  });

  it("is made of documents that parse, all of them listed, but for the example of a secret", async () => {
    const files = (await readdir(path.join(DEPLOY, "kubernetes"))).filter((file) => file.endsWith(".yaml"));
    const listed = z
      .object({ resources: z.array(z.string()) })
      .parse(parse(await deployed("kubernetes/kustomization.yaml")));
    const others = new Set(["kustomization.yaml", "secret.example.yaml"]);
    expect(listed.resources.toSorted()).toEqual(files.filter((file) => !others.has(file)).toSorted());
    for (const file of files) {
      for (const document of parseAllDocuments(await deployed(`kubernetes/${file}`))) {
        expect(document.errors, file).toEqual([]);
      }
    }
  });
});

/** Seconds that a node takes for the requests under way (DRAIN_MS of plugin/src/leaving.ts), and to close its stores. */
const DRAIN_SECONDS = 15;

describe("deploy/nginx.conf", () => {
  it("keeps tarballs and nothing else, by the path that the routes give them", async () => {
    const text = await deployed("nginx.conf");
    const locations = [...text.matchAll(/location (~ )?"?([^\s"]+)"? \{/g)];
    const [, , pattern = ""] = locations.find(([, isPattern]) => isPattern !== undefined) ?? [];
    const kept = routes.filter(({ path: route }) => new RegExp(pattern).test(exampleOf(route)));
    expect(kept.map(({ method, path: route }) => `${method} ${route}`)).toEqual(["GET /:package/-/:file"]);
    for (const [, , location = ""] of locations.filter(([, , found = ""]) => /^\/./.test(found))) {
      const isRoute = routes.some(({ path: route }) => exampleOf(route).startsWith(location));
      expect(isRoute, location).toBe(true);
    }
    expect(text.match(/proxy_cache tarballs;/g)).toHaveLength(1);
  });
});

/** A path that the route takes. */
function exampleOf(route: string): string {
  const names: Record<string, string> = { ":package": "@acme/sample", ":file": "sample-1.0.0.tgz" };
  return route.replaceAll(/[:*]\w+/g, (name) => names[name] ?? "x");
}
