import { flagsOf, type CompletedCommand, type CompletedOption } from "./model.ts";

/** A script for zsh, to be sourced, or to lie as `_skills` in a folder of fpath. */
export function zshScript(commands: CompletedCommand[]): string {
  const described = commands.flatMap(({ names, summary }) =>
    names.map((name) => `    ${quoted(`${name}:${summary}`)}`),
  );
  return `#compdef skills
# Completion of skills for zsh, made by: skills completion zsh

_skills_installed() {
  local -a found
  if (( \${words[(I)-g]} || \${words[(I)--global]} )); then
    found=("\${(@f)$(skills completion --installed --global 2>/dev/null)}")
  else
    found=("\${(@f)$(skills completion --installed 2>/dev/null)}")
  fi
  compadd -a found
}

_skills_commands() {
  local -a commands
  commands=(
${described.join("\n")}
    'help:Explain a command'
  )
  _describe command commands
}

_skills() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C '1:command:_skills_commands' '*:: :->rest'
  [[ $state == rest ]] || return
  case $words[1] in
    help) _arguments '1:command:_skills_commands' ;;
${commands.map(commandCase).join("\n")}
  esac
}

if [[ $funcstack[1] == _skills ]]; then
  _skills "$@"
else
  compdef _skills skills
fi
`;
}

function commandCase({ names, options, argument }: CompletedCommand): string {
  const specs = [...options.map(optionSpec), `'*:argument:${actionOf(argument)}'`];
  return [
    `    ${names.join("|")})`,
    `      _arguments -s \\`,
    `        ${specs.join(" \\\n        ")} ;;`,
  ].join("\n");
}

function optionSpec(option: CompletedOption): string {
  const { description, value, repeatable } = option;
  // With a sign behind it, a value may follow in the same word or in the next one.
  const flags = flagsOf(option).map((flag) => (value !== false && flag.startsWith("--") ? `${flag}=` : flag));
  const text = `[${special(description)}]${value === false ? "" : `:value:${valueAction(value)}`}`;
  const others = repeatable ? "*" : flags.length > 1 ? `(${flagsOf(option).join(" ")})` : "";
  return flags.length === 1
    ? quoted(`${others}${flags[0]}${text}`)
    : `${quoted(others)}{${flags.join(",")}}${quoted(text)}`;
}

function valueAction(choices: readonly string[]): string {
  return choices.length === 0 ? "_files" : `(${choices.join(" ")})`;
}

function actionOf(argument: CompletedCommand["argument"]): string {
  if (argument === "files") return "_files";
  return argument === "installed" ? "_skills_installed" : `(${argument.join(" ")})`;
}

/** What \`_arguments\` reads as a part of a spec is text. */
function special(text: string): string {
  return text.replace(/[\\[\]:]/g, String.raw`\$&`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
