import type { Handler } from "./host.ts";
import type { Shared } from "./sharing.ts";

type Done = (error: Error) => void;

/**
 * The host's idea of a user: always nobody. Who is asking is decided by the gate alone; this role exists so that the host
 * does not load its own password file, and so that nothing is granted if a request should ever get past the gate.
 */
export function authRole(shared: Shared): {
  apiJWTmiddleware(helpers: { createAnonymousRemoteUser(): unknown }): Handler;
  authenticate(name: string, password: string, done: Done): void;
  adduser(name: string, password: string, done: Done): void;
  allow_access(user: unknown, pkg: unknown, done: Done): void;
  allow_publish(user: unknown, pkg: unknown, done: Done): void;
  allow_unpublish(user: unknown, pkg: unknown, done: Done): void;
} {
  return {
    apiJWTmiddleware(helpers) {
      shared.roles.add("auth");
      return (message, response, next) => {
        const nobody = helpers.createAnonymousRemoteUser();
        message.remote_user = nobody;
        response.locals["remote_user"] = nobody;
        next();
      };
    },
    authenticate: deny,
    adduser: deny,
    allow_access: deny,
    allow_publish: deny,
    allow_unpublish: deny,
  };
}

/** The host takes an error for "no"; a plain `false` would make it ask the next plugin. */
function deny(_first: unknown, _second: unknown, done: Done): void {
  done(Object.assign(new Error("skills are served by the skills gate only"), { status: 403 }));
}
