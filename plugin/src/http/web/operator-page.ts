import { readFileSync } from "node:fs";
import { z } from "zod";
import { DOWNLOAD_DAYS, fillDays, lastDays } from "../../registry/days.ts";
import { type StorageReport, storageReport } from "../../registry/storage-report.ts";
import type { RegistryCounts } from "../../store/metadata.ts";
import type { Answer } from "../answer.ts";
import type { Fault } from "../recent-failures.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { downloadsChart } from "./chart.ts";
import { ago, exact, plural, size } from "./format.ts";
import { type Html, html } from "./html.ts";
import { page } from "./layout.ts";
import { auditLog, readLog } from "./operator-log.ts";
import { lockedTable, logTable, quarantineTable } from "./operator-tables.ts";

/** `GET /operator?before=`. */
export async function operatorPage(services: Services, request: Request): Promise<Answer> {
  const { parts } = services;
  const now = parts.now();
  const counts = await parts.metadata.counts("everything");
  const storage = await storageReport(parts);
  const range = lastDays(now, DOWNLOAD_DAYS);
  const days = fillDays(range, await parts.metadata.allDownloads(range));
  const log = await readLog(parts, request);
  const quarantined = await parts.metadata.quarantined();
  const locked = await parts.metadata.lockedAccounts();
  // Of several nodes each shows its own process and faults.
  const node = parts.nodes.shared ? parts.config.node : null;
  return page(request, {
    title: "Operator",
    body: html`<header>
        <h1>Operator</h1>
        ${processFacts(node)}
      </header>
      ${tiles(counts, storage)}
      <div class="sections">
        <section aria-labelledby="downloads-title">
          <h2 id="downloads-title">Downloads, last ${DOWNLOAD_DAYS} days</h2>
          ${downloadsChart(days)}
        </section>
        <section aria-labelledby="faults-title">
          <h2 id="faults-title">Last faults ${node === null ? "" : `of ${node} `}since the start</h2>
          ${faultTable(services.failures.list(), now)}
        </section>
        <section aria-labelledby="quarantine-title">
          <h2 id="quarantine-title">Withdrawn versions</h2>
          ${quarantineTable(quarantined, now)}
        </section>
        <section aria-labelledby="locked-title">
          <h2 id="locked-title">Locked accounts</h2>
          ${lockedTable(locked, now)}
        </section>
        <section aria-labelledby="audit-title">
          <h2 id="audit-title">Last changes</h2>
          ${auditLog(log, now)}
        </section>
      </div>`,
  });
}

/** Of package.json, which stands above `src` and `dist` alike. */
const VERSION = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"))).version;

function processFacts(node: string | null): Html {
  const minutes = Math.floor(process.uptime() / 60);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  return html`<ul class="facts">
    ${node === null ? null : html`<li>${node}</li>`}
    <li>Version ${VERSION}</li>
    <li>Node.js ${process.versions.node}</li>
    <li>up for ${days > 0 ? `${plural(days, "day")} ` : ""}${hours} h ${minutes % 60} min</li>
    <li>${size(process.memoryUsage.rss())} of memory</li>
  </ul>`;
}

type Tile = [label: string, value: string, note?: string];

function tiles(counts: RegistryCounts, { database, blobs, disk }: StorageReport): Html {
  const entries: Tile[] = [
    ["Skills", exact(counts.packages), plural(counts.versions, "version")],
    ["Namespaces", exact(counts.namespaces), plural(counts.accounts, "account")],
    ["Downloads", exact(counts.downloads), plural(counts.likes, "like")],
    ...(database === null ? [] : ([["Database", size(database)]] satisfies Tile[])),
    ["Tarballs", `${blobs.complete ? "" : "over "}${size(blobs.bytes)}`, plural(blobs.count, "file")],
    ["Free on disk", size(disk.free), `of ${size(disk.size)}`],
  ];
  return html`<dl class="tiles">
    ${entries.map(
      ([label, value, note]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${value}</dd>
          ${note === undefined ? null : html`<dd class="note">${note}</dd>`}
        </div>`,
    )}
  </dl>`;
}

function faultTable(faults: Fault[], now: Date): Html {
  if (faults.length === 0)
    return html`<p class="muted">None. Requests that users got wrong are not counted here.</p>`;
  return logTable(
    "Table of faults",
    ["When", "Request", "Code", "Cause", "Request id"],
    faults.map(
      ({ at, route, code, message, requestId }) =>
        html`<tr>
          <td class="nowrap">${ago(at, now)}</td>
          <td><code>${route}</code></td>
          <td>${code}</td>
          <td>${message}</td>
          <td><code>${requestId}</code></td>
        </tr>`,
    ),
  );
}
