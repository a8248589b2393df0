import { flagsOf, type CompletedCommand } from "./model.ts";

/**
 * A script for bash 3 and later, with or without bash-completion. It cuts the word to complete out of the line itself,
 * since bash breaks words at `@`, and it never expands what comes from a lockfile.
 */
export function bashScript(commands: CompletedCommand[]): string {
  const names = commands.flatMap((command) => command.names);
  return `# Completion of skills for bash, made by: skills completion bash

# What an option of a command takes; fails where that is not known.
_skills_values() {
  case "$1 $2" in
${commands.flatMap(valueCases).join("\n")}
    *) return 1 ;;
  esac
}

_skills_options() {
  case $1 in
${commands.map(optionCase).join("\n")}
  esac
}

_skills_arguments() {
  case $1 in
${commands.flatMap(argumentCase).join("\n")}
  esac
}

_skills() {
  local line=\${COMP_LINE:0:COMP_POINT} cur="" known="" breaks candidates candidate words prefix=""
  local -a typed
  read -ra typed <<<"$line"
  case $line in
    *[![:space:]])
      cur=\${typed[\${#typed[@]} - 1]}
      unset "typed[\${#typed[@]} - 1]"
      ;;
  esac
  local command=\${typed[1]-} previous=\${typed[\${#typed[@]} - 1]-}
  COMPREPLY=()
  if [ \${#typed[@]} -le 1 ] || [ "\${#typed[@]} $command" = "2 help" ]; then
    candidates="${[...names, "help"].join(" ")}"
  else
    case $cur in
      --*=*)
        prefix=\${cur%%=*}=
        candidates=$(_skills_values "$command" "\${cur%%=*}") || return
        ;;
      -*) candidates=$(_skills_options "$command") ;;
      *) candidates=$(_skills_values "$command" "$previous" || _skills_arguments "$command" "$line") ;;
    esac
  fi
  # Up to the last of these, bash has the word already.
  breaks=\${COMP_WORDBREAKS//[^@=:]/}
  if [ -n "$breaks" ]; then
    case $cur in *[$breaks]*) known=\${cur%"\${cur##*[$breaks]}"} ;; esac
  fi
  read -rd "" -a words <<<"$candidates"
  for candidate in "\${words[@]}"; do
    case $prefix$candidate in
      "$cur"*) candidate=$prefix$candidate && COMPREPLY+=("\${candidate#"$known"}") ;;
    esac
  done
}

complete -o default -F _skills skills
`;
}

function valueCases({ names, options }: CompletedCommand): string[] {
  return options.flatMap((option) => {
    if (option.value === false) return [];
    const places = names.flatMap((name) => flagsOf(option).map((flag) => `"${name} ${flag}"`));
    return [`    ${places.join(" | ")}) echo "${option.value.join(" ")}" ;;`];
  });
}

function optionCase({ names, options }: CompletedCommand): string {
  return `    ${names.join(" | ")}) echo "${options.map(({ name }) => `--${name}`).join(" ")}" ;;`;
}

function argumentCase({ names, argument }: CompletedCommand): string[] {
  if (argument === "files") return [];
  if (argument !== "installed") return [`    ${names.join(" | ")}) echo "${argument.join(" ")}" ;;`];
  return [
    `    ${names.join(" | ")})`,
    `      case "$2 " in`,
    `        *" -g "* | *" --global "*) skills completion --installed --global 2>/dev/null ;;`,
    `        *) skills completion --installed 2>/dev/null ;;`,
    `      esac`,
    `      ;;`,
  ];
}
