import type { CompletedCommand, CompletedOption } from "./model.ts";

/** A script for fish, to be sourced, or to lie as `skills.fish` in a folder of completions. */
export function fishScript(commands: CompletedCommand[]): string {
  const names = commands.flatMap((command) => command.names);
  return `# Completion of skills for fish, made by: skills completion fish

function __skills_installed
    if contains -- -g (commandline -opc); or contains -- --global (commandline -opc)
        skills completion --installed --global 2>/dev/null
    else
        skills completion --installed 2>/dev/null
    end
end

complete -c skills -e
complete -c skills -f -n __fish_use_subcommand -a help -d 'Explain a command'
complete -c skills -f -n '__fish_seen_subcommand_from help' -a ${quoted(names.join(" "))}
${commands.flatMap(commandLines).join("\n")}
`;
}

function commandLines({ names, summary, options, argument }: CompletedCommand): string[] {
  const here = quoted(`__fish_seen_subcommand_from ${names.join(" ")}`);
  return [
    ...names.map((name) => `complete -c skills -f -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`),
    ...options.map((option) => `complete -c skills -n ${here} ${optionText(option)}`),
    ...argumentLines(argument).map((text) => `complete -c skills -n ${here} ${text}`),
  ];
}

function optionText({ name, short, description, value }: CompletedOption): string {
  const flags = `-l ${name}${short === undefined ? "" : ` -s ${short}`} -d ${quoted(description)}`;
  if (value === false) return flags;
  return value.length === 0 ? `-r ${flags}` : `-x -a ${quoted(value.join(" "))} ${flags}`;
}

function argumentLines(argument: CompletedCommand["argument"]): string[] {
  if (argument === "files") return [];
  return [argument === "installed" ? "-f -a '(__skills_installed)'" : `-f -a ${quoted(argument.join(" "))}`];
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, String.raw`\$&`)}'`;
}
