import { defineConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** The slow loops: processes killed on purpose, again and again. `npm run durability`, also in CI. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ["test/durability/**/*.slow.ts"], testTimeout: 400_000 },
});
