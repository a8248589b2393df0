import type { Context } from "../context.ts";
import type { GitRequest } from "./git.ts";

/** Set where git itself runs us, as in a hook, and then about another repository. */
const FOREIGN =
  /^GIT_(DIR|COMMON_DIR|WORK_TREE|IMPLICIT_WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|SHALLOW_FILE|GRAFT_FILE|NAMESPACE|PREFIX)$/;

/** The environment of one run of git: the user's own, and what the request says above it. */
export function gitEnvironment(context: Context, request: GitRequest): NodeJS.ProcessEnv {
  const { login, protocols = [] } = request;
  const own = Object.entries(context.env).filter(([name]) => !FOREIGN.test(name));
  return {
    ...Object.fromEntries(own),
    HOME: context.home,
    LC_ALL: "C",
    GIT_ALLOW_PROTOCOL: protocols.join(":"),
    GIT_LFS_SKIP_SMUDGE: "1",
    GIT_OPTIONAL_LOCKS: "0",
    ...(context.quiet ? { GIT_TERMINAL_PROMPT: "0" } : {}),
    ...(login === undefined
      ? {}
      : { SKILLS_GIT_USERNAME: login.as.username, SKILLS_GIT_PASSWORD: login.as.password }),
  };
}
