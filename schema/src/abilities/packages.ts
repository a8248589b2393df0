/** Where packages come from, and the words that install or run them. */
const SUBCOMMANDS: readonly { words: RegExp; from: string; takes: "one" | "all" }[] = [
  { words: /^(?:npx|bunx|bun x|(?:pnpm|yarn) dlx|(?:npm|pnpm) exec|pnpx)$/, from: "npm", takes: "one" },
  { words: /^(?:(?:npm|pnpm|bun) (?:install|i|add)|yarn (?:add|global add))$/, from: "npm", takes: "all" },
  { words: /^(?:uvx|pipx run|uv tool run)$/, from: "PyPI", takes: "one" },
  {
    words: /^(?:pip3? install|pipx install|uv (?:add|pip install|tool install))$/,
    from: "PyPI",
    takes: "all",
  },
  { words: /^brew install$/, from: "Homebrew", takes: "all" },
  { words: /^(?:apt|apt-get|apk|dnf|yum) (?:install|add)$/, from: "the system", takes: "all" },
  { words: /^gem install$/, from: "RubyGems", takes: "all" },
  { words: /^cargo (?:install|add)$/, from: "crates.io", takes: "all" },
  { words: /^go (?:install|get|run)$/, from: "Go modules", takes: "one" },
  { words: /^(?:docker|podman) (?:run|pull)$/, from: "a container registry", takes: "one" },
];

/** Options whose value is another word. */
const TAKES_VALUE =
  /^(?:-[ceftvwC]|--(?:index-url|extra-index-url|find-links|target|constraint|editable|registry|prefix|workspace|python|name|network|volume|env|entrypoint|workdir|user|root|git|branch|tag|features|with))$/;
/** `-p pkg`, `--package=pkg`: what npx fetches, where it is not what it runs. */
const NAMES_PACKAGE = /^(?:-p|--package|--from)$/;

const PACKAGE = /^@?[a-z0-9][\w./:+~-]{0,120}(?:\[[\w,-]{1,60}\])?/i;
/** Not a name but a place to put one, or a file of this machine. */
const NO_PACKAGE = /^\.{0,2}\/|^\.$|your-|my-|example|^(?:package|pkg|name|-)$|^[A-Z_]+$/;
const WORDS_MAX = 40;

export interface NamedPackage {
  /** Without version. */
  name: string;
  /** Where it comes from: `npm`, `PyPI`. */
  from: string;
}

/** The packages that a command installs or runs, where it names them: `npm install` alone takes what a project lists. */
export function packagesOf(command: string): NamedPackage[] {
  const words = wordsOf(command);
  for (const length of [3, 2, 1]) {
    const start = words.slice(0, length).join(" ");
    const rule = SUBCOMMANDS.find(({ words: known }) => known.test(start));
    if (rule === undefined) continue;
    const names = namesIn(words.slice(length), rule.from);
    return (rule.takes === "one" ? names.slice(0, 1) : names).map((name) => ({ name, from: rule.from }));
  }
  return [];
}

/** The words of one command, without what comes after an operator, a comment or a closing quote. */
function wordsOf(command: string): string[] {
  const words: string[] = [];
  for (const word of command.split(/\s+/, WORDS_MAX)) {
    const [kept = ""] = word.replace(/^["']|["']$/g, "").split(/["'`;|&<>()#,]/, 1);
    if (kept !== "") words.push(kept);
    // A version may hold signs of comparison: `torch>=2`.
    if (/["'`;|&()#]/.test(word.replace(/^["']|["']$/g, "")) || /^[<>]/.test(word)) break;
  }
  return words;
}

function namesIn(words: string[], from: string): string[] {
  const names: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    if (word.startsWith("-")) {
      if (NAMES_PACKAGE.test(word) && from !== "a container registry") continue;
      if (word.includes("=")) names.push(...nameOf(word.replace(/^--(?:package|from)=/, "")));
      if (TAKES_VALUE.test(word)) index += 1;
      continue;
    }
    names.push(...nameOf(word));
  }
  return names;
}

function nameOf(word: string): string[] {
  const matched = PACKAGE.exec(word)?.[0].replace(/[.:]+$/, "");
  return matched === undefined || matched.length < 2 || NO_PACKAGE.test(matched) || /[{}$]/.test(word)
    ? []
    : [matched];
}
