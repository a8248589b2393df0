import type { PostgresConfig, S3Config } from "../../plugin/src/config.ts";
import { jsonOf } from "../../test/support/json.ts";
import { type Nginx, startNginx } from "./nginx.ts";
import { type NodePlace, RegistryNode, type Shared } from "./node.ts";

const PASSWORD = "correct horse battery";

export interface Cluster extends AsyncDisposable {
  nginx: Nginx;
  /** The name of each is that of its place. */
  nodes: RegistryNode[];
  /** Of the account `acme`. */
  token: string;
}

export interface ClusterOptions {
  /** The key of the nodes; the same for every cluster over one database. */
  secret: string;
  nodes: NodePlace[];
  /** Address of the database for the node of this name. */
  database: (node: string) => string;
  /** The same of the bucket. */
  bucket: (node: string) => S3Config;
}

/** Nodes over one database and one bucket, and nginx before them. The first node migrates alone, the others start together. */
export async function startCluster({
  secret,
  nodes: places,
  database,
  bucket,
}: ClusterOptions): Promise<Cluster> {
  await using stack = new AsyncDisposableStack();
  const start = async (place: NodePlace): Promise<RegistryNode> => {
    const metadata = postgresSettings(database(place.name));
    const shared: Shared = { metadata, blobs: bucket(place.name), secret, publicUrl: null };
    return stack.use(await RegistryNode.start(shared, place));
  };
  const [first, ...others] = places;
  const nodes = first === undefined ? [] : [await start(first)];
  nodes.push(...(await Promise.all(others.map(start))));
  const nginx = stack.use(await startNginx(nodes.map((node) => `${node.host}:${node.port}`)));
  const token = await makeAccount(nodes[0]?.url ?? "");
  const kept = stack.move();
  return { nginx, nodes, token, [Symbol.asyncDispose]: async () => await kept.disposeAsync() };
}

/** Registers `acme`, which only callers on this machine may, so at a node itself; returns its token. */
export async function makeAccount(url: string): Promise<string> {
  const answer = await fetch(`${url}/-/user/org.couchdb.user:acme`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "acme", password: PASSWORD, email: "acme@example.com" }),
  });
  const body: { token?: string } = await jsonOf(answer);
  if (body.token === undefined) throw new Error(`no account: ${JSON.stringify(body)}`);
  return body.token;
}

export function postgresSettings(url: string): PostgresConfig {
  return { type: "postgres", url, replicas: [], connections: 10, statementSeconds: 30 };
}
