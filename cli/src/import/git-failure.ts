import { SkillsError } from "@skills-registry/schema/basics";

/** What git's words mean, and what to do; the first that fits. They are always English: git runs with LC_ALL=C. */
const MEANINGS: readonly { words: RegExp; message: string; hint: string }[] = [
  {
    words: /could not resolve host/i,
    message: "the host is not known",
    hint: "Check the address and the network.",
  },
  {
    words: /failed to connect|connection (refused|timed out)|network is unreachable|operation too slow/i,
    message: "the host does not answer",
    hint: "Check the address and the network, and try again.",
  },
  {
    words: /ssl|certificate/i,
    message: "the host cannot prove who it is",
    hint: "git takes a certificate authority of your own from http.sslCAInfo.",
  },
  {
    words:
      /authentication failed|could not read (username|password)|permission denied|host key verification failed|\b40[13]\b/i,
    message: "the repository is refused to you, or is not there",
    hint: "Log in as for git clone: a credential helper, or a key in the ssh agent. It has to work without questions where there is no terminal.",
  },
  {
    words: /couldn't find remote ref HEAD/i,
    message: "the repository is empty",
    hint: "Push a commit to its default branch, or name another with --ref.",
  },
  {
    words: /couldn't find remote ref|not our ref|unadvertised object|no such remote ref/i,
    message: "the repository has no such branch, tag or commit",
    hint: "Check --ref; a commit is named by all of its 40 digits.",
  },
  {
    words: /transport '.*' not allowed/i,
    message: "the repository sends on to a protocol that is not imported from",
    hint: "Use the address that it is sent on to, if that is by https or ssh.",
  },
  {
    words: /dubious ownership/i,
    message: "the repository belongs to another account",
    hint: "If you trust it, say so to git: git config --global --add safe.directory with its path.",
  },
  {
    words: /not a git repository|does not appear to be a git repository|not found|unable to access/i,
    message: "there is no repository that can be read",
    hint: "Check the address, and whether git clone works with it.",
  },
];

/** A failure of git as one message with the next step; git's own last words go along. */
export function explainGit(error: Error | undefined, words: string): SkillsError {
  if (error !== undefined && "code" in error && error.code === "ENOENT") {
    return new SkillsError("EIMPORT", "git is not installed, or not in PATH", {
      hint: "Install git, or import a folder or an archive.",
    });
  }
  const meaning = MEANINGS.find((one) => one.words.test(words));
  const [said = error?.message ?? "it failed without a word"] = words
    .split("\n")
    .filter((line) => /^(fatal|error|remote|ERROR)/.test(line))
    .toReversed();
  const message = `${meaning?.message ?? "git failed"} (git: ${said.replace(/^(fatal|error): /, "")})`;
  return new SkillsError("EIMPORT", message, meaning === undefined ? {} : { hint: meaning.hint });
}
