import { registerHooks } from "node:module";

const PARTIAL = new URL("partial-plugin.ts", import.meta.url).href;

/** Loaded with `--import`: the host finds partial-plugin.ts in the place of the plugin. */
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "verdaccio-skills" ? { url: PARTIAL, shortCircuit: true } : next(specifier, context),
});
