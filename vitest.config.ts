import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source", "node", "import", "default"] } },
  test: {
    include: ["{schema,plugin,cli}/src/**/*.test.ts", "test/**/*.test.ts"],
    globalSetup: ["test/support/require-node.ts"],
    execArgv: ["--conditions=source"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
