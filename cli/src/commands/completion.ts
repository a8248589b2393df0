import { defineCommand } from "../command.ts";
import { usageError } from "../usage-error.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

export const command = defineCommand({
  description:
    "Prints a script that has your shell complete the commands and options of skills, agents, and the skills that are installed. For bash: skills completion bash > ~/.local/share/bash-completion/completions/skills. For zsh: skills completion zsh > a file _skills in a folder of your fpath. For fish: skills completion fish > ~/.config/fish/completions/skills.fish. Print it anew after an update of this command. Without a name it is the shell of SHELL.",
  positional: {
    name: "shell",
    required: false,
    many: false,
    choices: SHELLS,
    description: "The shell: bash, zsh or fish",
  },
  options: {},
  examples: [
    "skills completion bash > ~/.local/share/bash-completion/completions/skills",
    "skills completion fish | source",
  ],
  async run({ env }, { args: [text = env["SHELL"]?.split("/").at(-1) ?? ""] }) {
    const shell = SHELLS.find((name) => name === text);
    if (shell === undefined) throw usageError(`name the shell: ${SHELLS.join(", ")}`);
    const script = await scriptOf(shell);
    return { json: { shell, script }, lines: script.trimEnd().split("\n") };
  },
});

async function scriptOf(shell: (typeof SHELLS)[number]): Promise<string> {
  const { completedCommands } = await import("../completion/model.ts");
  const commands = await completedCommands();
  if (shell === "bash") return (await import("../completion/bash.ts")).bashScript(commands);
  if (shell === "zsh") return (await import("../completion/zsh.ts")).zshScript(commands);
  return (await import("../completion/fish.ts")).fishScript(commands);
}
