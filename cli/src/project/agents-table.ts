/** Where an agent reads skills, and what tells that it is used. Paths are `/`-separated. */
export interface Agent {
  title: string;
  /** Skills folder below a project's root. */
  project: string;
  /** Skills folder below the user's home; absent for an agent that reads projects only. */
  home?: string;
  /** A variable whose value, when set, stands for a folder of the home: for skills below it and for traces. */
  variable?: { name: string; standsFor: string };
  /** Any of these below a project's root tells that the agent is used there. */
  projectSigns: readonly string[];
  /** The same below the user's home. */
  homeSigns: readonly string[];
  /** Other ids that people know it by. */
  aliases?: readonly string[];
  /** Folders that it reads beside its own, by its documentation. */
  alsoReads?: { project: readonly string[]; home: readonly string[] };
  listing?: Listing;
}

/** How much of names and descriptions an agent takes in. */
interface Listing {
  /** Characters of all names and descriptions; beyond, descriptions are cut without a word. */
  max: number;
  /** A variable that says another number. */
  variable: string;
  /** A skill with this field set to true is not listed. */
  unlistedBy: string;
}

/** The folder that most agents read by themselves; every skill has its one true copy there. */
export const CANONICAL_FOLDER = ".agents/skills";

const XDG = { name: "XDG_CONFIG_HOME", standsFor: ".config" };

/** Every agent we install for: those that people meet most first, then by id. One row is all that another one takes. */
export const AGENTS: Readonly<Record<string, Agent>> = {
  "claude-code": own("Claude Code", ".claude", {
    variable: { name: "CLAUDE_CONFIG_DIR", standsFor: ".claude" },
    projectSigns: [".claude", "CLAUDE.md"],
    aliases: ["claude"],
    // One per cent of its context; this many where the model's context is not known.
    listing: {
      max: 8_000,
      variable: "SLASH_COMMAND_TOOL_CHAR_BUDGET",
      unlistedBy: "disable-model-invocation",
    },
  }),
  // Codex reads ~/.agents/skills wherever CODEX_HOME lies.
  codex: shared("Codex", CANONICAL_FOLDER, {
    variable: { name: "CODEX_HOME", standsFor: ".codex" },
    projectSigns: [".codex"],
    homeSigns: [".codex"],
    alsoReads: { project: [".codex/skills"], home: [".codex/skills"] },
  }),
  cursor: shared("Cursor", ".cursor/skills", {
    projectSigns: [".cursor", ".cursorrules"],
    alsoReads: {
      project: [".cursor/skills", ".claude/skills", ".codex/skills"],
      home: [".claude/skills", ".codex/skills"],
    },
  }),
  "github-copilot": shared("GitHub Copilot", ".copilot/skills", {
    projectSigns: [".github/copilot-instructions.md", ".github/instructions"],
    alsoReads: {
      project: [".github/skills", ".claude/skills"],
      home: [".claude/skills", CANONICAL_FOLDER],
    },
  }),
  "gemini-cli": shared("Gemini CLI", ".gemini/skills", {
    projectSigns: [".gemini", "GEMINI.md"],
    alsoReads: { project: [".gemini/skills"], home: [CANONICAL_FOLDER] },
  }),
  opencode: shared("OpenCode", ".config/opencode/skills", {
    variable: XDG,
    projectSigns: [".opencode", "opencode.json", "opencode.jsonc"],
    alsoReads: {
      project: [".opencode/skills", ".claude/skills"],
      home: [".claude/skills", CANONICAL_FOLDER],
    },
  }),

  adal: own("AdaL", ".adal"),
  "aider-desk": own("AiderDesk", ".aider-desk"),
  amp: shared("Amp", ".config/agents/skills", {
    variable: XDG,
    projectSigns: [".amp"],
    homeSigns: [".config/amp"],
  }),
  antigravity: shared("Antigravity", ".gemini/antigravity/skills"),
  "antigravity-cli": shared("Antigravity CLI", ".gemini/antigravity-cli/skills"),
  astrbot: own("AstrBot", ".astrbot", {
    project: "data/skills",
    home: ".astrbot/data/skills",
    projectSigns: ["data/skills"],
  }),
  augment: own("Augment", ".augment"),
  "autohand-code": own("Autohand Code", ".autohand", {
    variable: { name: "AUTOHAND_HOME", standsFor: ".autohand" },
    aliases: ["autohand"],
  }),
  bob: own("IBM Bob", ".bob"),
  cline: shared("Cline", CANONICAL_FOLDER, { projectSigns: [".clinerules"], homeSigns: [".cline"] }),
  "codearts-agent": own("CodeArts Agent", ".codeartsdoer", { aliases: ["codeartsdoer"] }),
  codebuddy: own("CodeBuddy", ".codebuddy"),
  codemaker: own("Codemaker", ".codemaker"),
  codestudio: own("Code Studio", ".codestudio"),
  "command-code": own("Command Code", ".commandcode", { aliases: ["commandcode"] }),
  continue: own("Continue", ".continue"),
  cortex: own("Cortex Code", ".cortex", {
    home: ".snowflake/cortex/skills",
    homeSigns: [".snowflake/cortex"],
  }),
  crush: own("Crush", ".crush", configured("crush")),
  deepagents: shared("Deep Agents", ".deepagents/agent/skills", { homeSigns: [".deepagents"] }),
  devin: own("Devin for Terminal", ".devin", configured("devin")),
  dexto: shared("Dexto", CANONICAL_FOLDER, { homeSigns: [".dexto"] }),
  droid: shared("Droid", ".factory/skills", { projectSigns: [".factory"] }),
  eve: projectOnly("Eve", { project: "agent/skills", projectSigns: ["agent/skills"] }),
  firebender: shared("Firebender", ".firebender/skills", { projectSigns: [".firebender"] }),
  forgecode: own("ForgeCode", ".forge", { aliases: ["forge"] }),
  fx: shared("fx", CANONICAL_FOLDER, { projectSigns: [".fx"], homeSigns: [".fx"] }),
  goose: own("Goose", ".goose", configured("goose")),
  grok: own("Grok Build", ".grok", { variable: { name: "GROK_HOME", standsFor: ".grok" } }),
  "hermes-agent": own("Hermes Agent", ".hermes", {
    variable: { name: "HERMES_HOME", standsFor: ".hermes" },
    aliases: ["hermes"],
  }),
  "iflow-cli": own("iFlow CLI", ".iflow", { aliases: ["iflow"] }),
  "inference-sh": own("inference.sh", ".inferencesh", { aliases: ["inferencesh"] }),
  jazz: own("Jazz", ".jazz"),
  junie: own("Junie", ".junie"),
  kilo: shared("Kilo Code", ".kilo/skills", {
    projectSigns: [".kilo", ".kilocode"],
    homeSigns: [".kilo", ".kilocode"],
  }),
  kimchi: own("Kimchi", ".kimchi", {
    ...configured("kimchi"),
    home: ".config/kimchi/harness/skills",
  }),
  "kimi-code-cli": shared("Kimi Code CLI", CANONICAL_FOLDER, { homeSigns: [".kimi-code", ".kimi"] }),
  "kiro-cli": own("Kiro CLI", ".kiro", { aliases: ["kiro"] }),
  kode: own("Kode", ".kode"),
  lingma: own("Lingma", ".lingma"),
  loaf: shared("Loaf", CANONICAL_FOLDER, { homeSigns: [".loaf"] }),
  mcpjam: own("MCPJam", ".mcpjam"),
  "minimax-code": own("MiniMax Code", ".minimax", { aliases: ["minimax"] }),
  "mistral-vibe": own("Mistral Vibe", ".vibe", {
    variable: { name: "VIBE_HOME", standsFor: ".vibe" },
    aliases: ["vibe", "mistral"],
  }),
  moxby: own("Moxby", ".moxby"),
  mux: own("Mux", ".mux"),
  neovate: own("Neovate", ".neovate"),
  ona: own("Ona", ".ona"),
  // A folder called skills tells nothing: every repository that publishes some has one.
  openclaw: own("OpenClaw", ".openclaw", { project: "skills", projectSigns: [".openclaw"] }),
  openhands: own("OpenHands", ".openhands"),
  pi: shared("Pi", CANONICAL_FOLDER, { projectSigns: [".pi"], homeSigns: [".pi/agent"] }),
  pochi: own("Pochi", ".pochi"),
  "posit-assistant": own("Posit Assistant", ".posit/assistant"),
  promptscript: projectOnly("PromptScript", {
    project: CANONICAL_FOLDER,
    projectSigns: [".promptscript", "promptscript.yaml"],
  }),
  qoder: own("Qoder", ".qoder"),
  "qoder-cn": own("Qoder CN", ".qoder-cn", { project: ".qoder/skills", projectSigns: [] }),
  "qwen-code": own("Qwen Code", ".qwen", { projectSigns: [".qwen", "QWEN.md"], aliases: ["qwen"] }),
  reasonix: own("Reasonix", ".reasonix"),
  replit: shared("Replit", ".config/agents/skills", {
    variable: XDG,
    projectSigns: [".replit"],
    homeSigns: [],
  }),
  roo: own("Roo Code", ".roo"),
  rovodev: own("Rovo Dev", ".rovodev"),
  "sarvam-code": shared("Sarvam Code", CANONICAL_FOLDER, {
    variable: { name: "SARVAM_HOME", standsFor: ".sarvam" },
    homeSigns: [".sarvam"],
  }),
  "tabnine-cli": own("Tabnine CLI", ".tabnine/agent", {
    projectSigns: [".tabnine"],
    homeSigns: [".tabnine"],
    aliases: ["tabnine"],
  }),
  terramind: own("Terramind", ".terramind"),
  tinycloud: own("Tinycloud", ".tinycloud"),
  trae: own("Trae", ".trae"),
  "trae-cn": own("Trae CN", ".trae-cn", { project: ".trae/skills", projectSigns: [] }),
  universal: shared("Universal", ".config/agents/skills", { variable: XDG, homeSigns: [] }),
  warp: shared("Warp", CANONICAL_FOLDER, { projectSigns: [".warp", "WARP.md"], homeSigns: [".warp"] }),
  windsurf: own("Windsurf", ".windsurf", {
    home: ".codeium/windsurf/skills",
    projectSigns: [".windsurf", ".windsurfrules"],
    homeSigns: [".codeium/windsurf"],
  }),
  zcode: own("ZCode", ".zcode"),
  zed: shared("Zed", CANONICAL_FOLDER, {
    variable: XDG,
    projectSigns: [".zed"],
    homeSigns: [".config/zed"],
  }),
  zencoder: own("Zencoder", ".zencoder", { aliases: ["zenflow"] }),
};

type Details = Partial<Omit<Agent, "title">>;

/** An agent with a folder of its own, of the same name in projects and in the home. */
function own(title: string, folder: string, details: Details = {}): Agent {
  const skills = `${folder}/skills`;
  const usual = { project: skills, home: skills, projectSigns: [folder], homeSigns: [folder] };
  return { title, ...usual, ...details };
}

/** An agent that reads the canonical folder in projects, and leaves traces in the home where its skills are. */
function shared(title: string, home: string, details: Details = {}): Agent {
  const homeSigns = [home.slice(0, home.lastIndexOf("/"))];
  return { title, project: CANONICAL_FOLDER, home, projectSigns: [], homeSigns, ...details };
}

function projectOnly(title: string, places: Pick<Agent, "project" | "projectSigns">): Agent {
  return { title, homeSigns: [], ...places };
}

/** The home side of an agent that keeps it below ~/.config. */
function configured(name: string): Details {
  return { home: `.config/${name}/skills`, homeSigns: [`.config/${name}`], variable: XDG };
}
