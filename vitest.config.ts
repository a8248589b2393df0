import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source", "node"] } },
  test: {
    include: ["{schema,plugin,cli}/src/**/*.test.ts", "test/**/*.test.ts"],
    // The pages in a real browser have a run of their own: npm run browser.
    exclude: ["**/node_modules/**", "test/web/**"],
    globalSetup: ["test/support/require-node.ts", "test/support/postgres-setup.ts"],
    execArgv: ["--conditions=source"],
    // Loading Verdaccio and npm's libraries anew for each file takes as long as a quarter of the tests.
    isolate: false,
    // As many as CI has cores: most of the time is spent waiting for npm, a server or the disk.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
