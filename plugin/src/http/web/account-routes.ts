import type { Permission } from "../../registry/authorize.ts";
import type { Route } from "../route.ts";
import { accountPage } from "./account-page.ts";
import { backToAccount, createAccountToken, revokeAccountToken } from "./account-tokens.ts";
import { logOut, sendLogin, showLogin } from "./login-page.ts";

const anybody = (): Permission => ({ action: "public" });
const account = (): Permission => ({ action: "account" });
const manage = (): Permission => ({ action: "manage" });

/** Pages about oneself. */
export const accountRoutes: Route[] = [
  {
    door: "web",
    method: "GET",
    path: "/login",
    summary: "The login form; `next` is the page to go on to.",
    needs: anybody,
    handle: showLogin,
  },
  {
    door: "web",
    method: "POST",
    path: "/login",
    summary: "Form: name and password for the cookie of a session.",
    needs: anybody,
    handle: sendLogin,
  },
  {
    door: "web",
    method: "POST",
    path: "/logout",
    summary: "Form: ends the session.",
    needs: anybody,
    handle: logOut,
  },
  {
    door: "web",
    method: "GET",
    path: "/account",
    summary: "One's own skills, tokens and likes.",
    needs: account,
    handle: accountPage,
  },
  {
    door: "web",
    method: "GET",
    path: "/account/tokens",
    summary: "Leads to the account: where somebody comes back to who had to log in to send this form.",
    needs: account,
    handle: backToAccount,
  },
  {
    door: "web",
    method: "POST",
    path: "/account/tokens",
    summary: "Form: makes a token, shown once.",
    needs: manage,
    handle: createAccountToken,
  },
  {
    door: "web",
    method: "GET",
    path: "/account/tokens/:key/revoke",
    summary: "Leads to the account: where somebody comes back to who had to log in to send this form.",
    needs: account,
    handle: backToAccount,
  },
  {
    door: "web",
    method: "POST",
    path: "/account/tokens/:key/revoke",
    summary: "Form: revokes a token.",
    needs: manage,
    handle: revokeAccountToken,
  },
];
