import SkillsPlugin from "../../plugin/src/index.ts";

/** What the host looks for before it takes a plugin for one of the role. */
const METHODS: Record<string, string[]> = {
  auth: ["authenticate", "allow_access", "allow_publish"],
  middleware: ["register_middlewares"],
  storage: ["getPackageStorage"],
};

/** The plugin as the host would see it if one role were broken: the one that MISSING_ROLE names. */
export default class PartialPlugin extends SkillsPlugin {
  constructor(...parameters: ConstructorParameters<typeof SkillsPlugin>) {
    super(...parameters);
    for (const method of METHODS[process.env["MISSING_ROLE"] ?? ""] ?? [])
      Reflect.deleteProperty(this, method);
  }
}
