import type { Permission } from "../../registry/authorize.ts";
import type { Route } from "../route.ts";
import { beginWebLogin, endWebLogin } from "./login.ts";

const anyone = (): Permission => ({ action: "public" });

/** `npm login` by browser. */
export const loginRoutes: Route[] = [
  {
    door: "npm",
    method: "POST",
    path: "/-/v1/login",
    counted: true,
    ignoresToken: true,
    summary:
      "`npm login`, `npm adduser`, by browser: `loginUrl` for the person, `doneUrl` for the program. With `device`, a code to be typed at the identity provider instead.",
    needs: anyone,
    handle: beginWebLogin,
  },
  {
    door: "npm",
    method: "GET",
    path: "/-/v1/done/:flow",
    ignoresToken: true,
    summary: "Asks for the token of such a login: 202 while nobody has allowed it, then the token, once.",
    needs: anyone,
    handle: endWebLogin,
  },
];
