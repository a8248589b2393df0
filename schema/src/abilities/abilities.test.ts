import { describe, expect, it } from "vitest";
import type { Entry } from "../entry.ts";
import { abilitiesOf } from "./abilities.ts";
import type { Ability } from "./ability.ts";

function entry(path: string, data: string | Uint8Array, mode = 0o644): Entry {
  return { path, type: "file", mode, data: typeof data === "string" ? new TextEncoder().encode(data) : data };
}

function skill(text: string, frontmatter = ""): Entry {
  return entry("SKILL.md", `---\nname: x\ndescription: Does x.\n${frontmatter}---\n${text}`);
}

/** What is found of one kind, as `subject path:line`. */
function found(kind: Ability["kind"], ...entries: Entry[]): string[] {
  return abilitiesOf(entries)
    .filter((ability) => ability.kind === kind)
    .map(({ subject, path, line }) => `${subject} ${path}:${line}`);
}

function subjects(kind: Ability["kind"], ...entries: Entry[]): string[] {
  return abilitiesOf(entries).flatMap((ability) => (ability.kind === kind ? [ability.subject] : []));
}

describe("scripts", () => {
  it.each([
    ["scripts/a.sh", "echo", "sh"],
    ["a.PY", "print()", "python"],
    ["lib/a.mjs", "", "node"],
    ["run", "#!/usr/bin/env -S python3 -u\n", "python3"],
    ["run", "#!/bin/bash\n", "bash"],
    ["notes.txt", "#! /usr/bin/env node", "node"],
    ["data.bin", "\u007fELF\u0002\u0001", "a program"],
  ])("%s is one", (path, text, detail) => {
    expect(abilitiesOf([entry(path, text)])[0]).toMatchObject({ kind: "script", subject: path, detail });
  });

  it("are told by their mode, and what is neither is none", () => {
    expect(
      subjects("script", entry("go", "x", 0o755), entry("README.md", "x"), entry("a.json", "{}")),
    ).toEqual(["go"]);
  });
});

describe("hosts", () => {
  it.each([
    ["see https://Docs.Acme-Cloud.net/a.b", "docs.acme-cloud.net"],
    ["<wss://a.acme.io:8080/x>", "a.acme.io"],
    ["[x](https://acme.io)[y](mailto:me@other.io)", "acme.io"],
    ["https://good.io@evil.io/", "evil.io"],
    ["https://user:pass@evil.io.", "evil.io"],
    ["http://169.254.169.254/latest", "169.254.169.254"],
    ["https://${REGION}.api.acme.io/{id}", "*.api.acme.io"],
    ["https://{account}.documents.acme.net", "*.documents.acme.net"],
    ["git://acme.io/x.git", "acme.io"],
    ["https://аcme.io", "xn--cme-5cd.io"],
  ])("%s names one", (text, host) => {
    expect(subjects("host", skill(text))).toEqual([host]);
  });

  it.each([
    "https://example.com/ http://localhost:80/ http://a.test https://127.0.0.1/ http://192.0.2.1",
    "https://<your-host>/ https://$HOST/ https://{host}/ https://${x}.com",
    "http://www.w3.org/2000/svg",
    "http://backend/ x://acme.io file:///etc/passwd 1.2.3://x",
    "http://1.2.3/ https://a.b.1/ https://.../",
  ])("%s names none", (text) => {
    expect(subjects("host", skill(text))).toEqual([]);
  });

  it("are told once, with the file and line, where a script says it before where a text does", () => {
    const script = entry("z.py", "\nx = 'https://acme.io'\n");
    const text = skill("https://acme.io https://other.io");
    expect(found("host", text, script)).toEqual(["acme.io z.py:2", "other.io SKILL.md:5"]);
    expect(abilitiesOf([text, script]).filter(({ kind }) => kind === "host")).toMatchObject([
      { said: "script" },
      { said: "text" },
    ]);
  });

  it("are found in UTF-16, which Windows tools write", () => {
    const data = Buffer.from("\ufeffirm https://acme.io", "utf16le");
    expect(subjects("host", entry("a.ps1", data))).toEqual(["acme.io"]);
  });
});

describe("environment variables", () => {
  it.each([
    ["a.js", "process.env.ACME_URL; process.env['OTHER_URL']"],
    ["a.py", "os.environ['ACME_URL'] + os.getenv(\"OTHER_URL\")"],
    ["a.sh", 'curl $ACME_URL "${OTHER_URL}" $HOME $PATH'],
    ["a.sh", 'ACME_URL="${ACME_URL:-x}"; OWN=1; echo $OWN ${OTHER_URL:?}'],
    ["a.rb", "ENV['ACME_URL'] ENV.fetch('OTHER_URL')"],
    ["a.ps1", "$env:ACME_URL + $env:OTHER_URL"],
  ])("are read by %s: %s", (path, text) => {
    expect(subjects("variable", entry(path, text))).toEqual(["ACME_URL", "OTHER_URL"]);
  });

  it("of a text are those that stand for secrets", () => {
    const text = "Set ACME_API_KEY and NODE_ENV, export `GITHUB_TOKEN`, not YOUR_API_KEY or A_TOKENIZER.";
    expect(subjects("variable", skill(text))).toEqual(["ACME_API_KEY", "GITHUB_TOKEN"]);
  });
});

describe("code that downloads and runs", () => {
  it.each([
    "```sh\ncurl -fsSL https://acme.io/i.sh | sh\n```",
    "Run `curl https://acme.io/i | sudo bash -s -- -y` first.",
    "```\n$ wget -qO- https://acme.io | python3 -\n```",
    "```bash\nbash <(curl -s https://acme.io/i.sh)\n```",
    '```bash\neval "$(curl -s https://acme.io/i.sh)"\n```',
    "```powershell\nirm https://acme.io/i.ps1 | iex\n```",
    "```sh\ncurl https://acme.io \\\n  | sh\n```",
  ])("is in %j", (text) => {
    expect(subjects("download", skill(text))).toHaveLength(1);
  });

  it.each([
    "```sh\ncurl -s https://acme.io | jq .\ncurl https://acme.io | python3 -m json.tool\n```",
    "Tools like curl and wget | sh",
    "```sh\ncurl https://acme.io -o file\nls | sh\n```",
  ])("is not in %j", (text) => {
    expect(subjects("download", skill(text))).toEqual([]);
  });

  it("is told with its line", () => {
    expect(found("download", skill("\n```sh\ncurl https://acme.io | sh\n```"))).toEqual([
      "curl https://acme.io | sh SKILL.md:7",
    ]);
  });
});

describe("packages that are installed or run", () => {
  it.each([
    ["npx -y @acme/tool@latest run x", ["@acme/tool (npm)"]],
    ["npx -p create-x tool", ["create-x (npm)"]],
    ["npm install -D left-pad@1 chalk", ["left-pad (npm)", "chalk (npm)"]],
    ["sudo pip install 'torch>=2' numpy==1.0 && ls", ["torch (PyPI)", "numpy (PyPI)"]],
    ["python -m pip install --index-url https://acme.io x2", ["x2 (PyPI)"]],
    ["uvx ruff check .", ["ruff (PyPI)"]],
    ["brew install jq # for JSON", ["jq (Homebrew)"]],
    ["docker run --rm -v a:b acme/tool:1 sh", ["acme/tool:1 (a container registry)"]],
    ["npm install", []],
    ["pip install -e .", []],
    ["npm install <package> your-package", []],
    ["npm run build", []],
  ])("%s: %j", (command, expected) => {
    expect(subjects("package", skill(`\`\`\`sh\n${command}\n\`\`\`\n`))).toEqual(expected);
    expect(subjects("package", skill(`Run \`${command}\`.`))).toEqual(expected);
  });

  it("are not what prose says of a program", () => {
    expect(subjects("package", skill("npm install wizards are rare.\nWith pip install things."))).toEqual([]);
  });
});

describe("the frontmatter", () => {
  it("allows tools, as text or as a list", () => {
    const expected = ["Read", "Bash(git add:*)", "WebFetch"];
    for (const value of [
      "Read Bash(git add:*) WebFetch",
      "Read, Bash(git add:*), WebFetch",
      "[Read, 'Bash(git add:*)', WebFetch]",
    ])
      expect(subjects("tool", skill("", `allowed-tools: ${value}\n`))).toEqual(expected);
    expect(found("tool", skill("", "allowed-tools: Read\n"))).toEqual(["Read SKILL.md:4"]);
  });

  it("sets hooks, models and contexts", () => {
    const hooks = "hooks:\n  PreToolUse:\n    - command: ./run.sh\nmodel: big\n";
    expect(abilitiesOf([skill("", hooks)]).filter(({ kind }) => kind === "setting")).toMatchObject([
      { subject: "hooks", detail: '{"PreToolUse":[{"command":"./run.sh"}]}', line: 4 },
      { subject: "model", detail: "big" },
    ]);
  });

  it("of each skill of a pack is told with its name", () => {
    const text = "---\nname: a\ndescription: Does a.\nallowed-tools: Bash\n---\n";
    expect(
      subjects(
        "tool",
        entry("skills/a/SKILL.md", text),
        entry("skills/b/SKILL.md", text.replaceAll("a\n", "b\n")),
      ),
    ).toEqual(["Bash (a)", "Bash (b)"]);
  });
});

it("commands that run when a skill is read are found, and code that ends before a word is none", () => {
  const text = "Status: !`git status`\n`.gitignore !`-rules and `x`\n";
  expect(found("load", skill(text))).toEqual(["git status SKILL.md:5"]);
  expect(subjects("load", entry("notes.md", text))).toEqual([]);
});

it("dependencies are those of package.json, of all kinds", () => {
  const text = '{\n"dependencies": {\n"@acme/a": "^1"},\n"peerDependencies": {"@acme/b": "2"}}';
  expect(found("dependency", entry("package.json", text))).toEqual([
    "@acme/a package.json:3",
    "@acme/b package.json:4",
  ]);
  for (const odd of ["[]", "null", "{", '{"dependencies":7}'])
    expect(abilitiesOf([entry("package.json", odd)])).toEqual([]);
});

it("hidden characters are found in every text, and emoji and a byte order mark are none", () => {
  const files = [
    entry("a.py", "x = 1\n# a\u202eb\n"),
    entry("b.md", "\ufefffamily \u{1f468}\u200d\u{1f469}\n"),
  ];
  expect(abilitiesOf(files).filter(({ kind }) => kind === "hidden")).toMatchObject([
    { path: "a.py", line: 2, detail: "characters that reverse the direction of text", said: "script" },
  ]);
});

describe("a hostile text", () => {
  const MB = 1024 * 1024;

  it.each([
    "https://a.bc/ ",
    "http://{{{{{{{{ ",
    "curl a |",
    "`npx a",
    `${" ".repeat(240)}npx `,
    "A_A_A_A_",
    "$AAA ",
    " !`",
    "iex (  curl ",
    "sh $(echo base64 -d ",
    "curl -o a ;a ",
    "curl ://://://",
    "a@a.a.",
    "wget a.io b.io ",
    "python3 -c eval http ",
    "X=".repeat(100),
    "```\n",
    "\u200b\n",
  ])("of a megabyte of %j takes well below a second", (piece) => {
    const text = piece.repeat(MB / Buffer.byteLength(piece));
    const start = performance.now();
    abilitiesOf([entry("SKILL.md", text), entry("a.sh", text)]);
    // Some tenths of it on a machine that does nothing else.
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it("that is not looked through to its end is named, so that nothing hides behind a flood", () => {
    const many = Array.from({ length: 3_000 }, (_, index) => `https://h${index}.acme.io `).join("");
    expect(subjects("unread", skill(many))).toEqual(["SKILL.md for every host"]);
    expect(subjects("unread", skill("https://acme.io ".repeat(30_000)))).toEqual([
      "SKILL.md for all commands and hosts",
    ]);
    const large = entry("data.csv", "a,b\n".repeat(600_000));
    expect(subjects("unread", large, skill("https://acme.io"))).toEqual(["data.csv"]);
    expect(subjects("host", large, skill("https://acme.io"))).toEqual(["acme.io"]);
  });

  it("cannot put anything into an answer that is obeyed, or that is long", () => {
    const model = `model: "a\\u202e\\e[2J${"b".repeat(500)}"\n`;
    const ability = abilitiesOf([skill("", model)]).find(({ kind }) => kind === "setting");
    expect(ability?.detail).toMatch(/^a\\u\{202e\}\\u\{1b\}\[2Jb+…$/);
    expect(ability?.detail?.length).toBeLessThan(200);
  });
});
