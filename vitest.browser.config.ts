import { defineConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** The pages in a real Chromium, some fifty seconds. `npm run browser`, also in CI. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ["test/web/**/*.test.ts"], exclude: ["**/node_modules/**"] },
});
