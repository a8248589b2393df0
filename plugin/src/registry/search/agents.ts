/** Agents by the names that people write in `compatibility`. The ids are those of the CLI where it installs for the agent. */
const AGENTS: readonly { id: string; names: RegExp }[] = [
  { id: "claude-code", names: /\bclaude[ -]?code\b/i },
  { id: "claude", names: /\bclaude(?:\.ai| desktop| cowork|(?![\w./-]| ?code))|\bcowork\b/i },
  { id: "codex", names: /\bcodex\b/i },
  { id: "cursor", names: /\bcursor(?=[ ,;.)]|$)(?! (?:position|based|key))/i },
  { id: "github-copilot", names: /\bcopilot\b/i },
  { id: "gemini-cli", names: /\bgemini[ -]cli\b/i },
  { id: "opencode", names: /\bopen ?code\b/i },
  { id: "windsurf", names: /\bwindsurf\b/i },
  { id: "cline", names: /\bcline\b/i },
  { id: "roo-code", names: /\broo[ -]?code\b/i },
  { id: "kiro", names: /\bkiro\b/i },
  { id: "goose", names: /\bgoose\b/i },
  { id: "amp", names: /\bAmp\b/ },
  { id: "aider", names: /\baider\b/i },
  { id: "antigravity", names: /\bantigravity\b/i },
];

/** Ids of the agents that the text of `compatibility` names, in the order of the table; none when it names none. */
export function agentsOf(compatibility: string): string[] {
  return AGENTS.filter(({ names }) => names.test(compatibility)).map(({ id }) => id);
}
