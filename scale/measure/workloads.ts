import type { Cluster } from "../cluster/cluster.ts";
import { type Publication, publications, publishAll } from "./publishers.ts";
import { askMany, type Rate } from "./wrk.ts";

/** Publishes of one measurement. */
const WRITTEN = 400;

export interface Workload {
  name: string;
  /** Otherwise nginx answers alone. */
  asksNodes: boolean;
  run: (cluster: Cluster, connections: number) => Promise<Rate>;
}

/** What clients ask of a cluster, each for these seconds. `read` has been published. */
export function workloads(read: Publication[], seconds: number): Workload[] {
  const tarballs = read.map(
    ({ name, version }) => `/${name}/-/${name.slice(name.indexOf("/") + 1)}-${version}.tgz`,
  );
  const queries = read.map(({ name }) => `/-/v1/search?size=10&text=${name.slice(name.indexOf("/") + 1)}`);
  const short = { accept: "application/vnd.npm.install-v1+json" };
  return [
    {
      name: "packument",
      asksNodes: true,
      run: async ({ nginx: { url } }, connections) =>
        await askMany({ url, paths: read.map((one) => one.path), headers: short, connections, seconds }),
    },
    {
      name: "tarball, with a token",
      asksNodes: true,
      run: async ({ nginx: { url }, token }, connections) =>
        await askMany({
          url,
          paths: tarballs,
          headers: { authorization: `Bearer ${token}` },
          connections,
          seconds,
        }),
    },
    {
      name: "tarball, anonymous (nginx's cache)",
      asksNodes: false,
      run: async ({ nginx: { url } }, connections) =>
        await askMany({ url, paths: tarballs, connections, seconds }),
    },
    {
      name: "search",
      asksNodes: true,
      run: async ({ nginx: { url } }, connections) =>
        await askMany({ url, paths: queries, connections, seconds }),
    },
    {
      name: "publish 20 KB",
      asksNodes: true,
      run: async ({ nginx: { url }, token }, connections) =>
        await publishAll(publications(WRITTEN), { url, token, connections: connections / 2 }),
    },
  ];
}
