import type { Permission } from "../../registry/authorize.ts";
import type { Route } from "../route.ts";
import { decide, showRequest } from "./approve-page.ts";
import { sendChoice, showChoice } from "./choose-name-page.ts";
import { backToIdentities, connectIdentity, disconnectIdentity } from "./identities.ts";
import { beginLogin, finishLogin } from "./provider-login.ts";
import { sendRegistration, showRegistration } from "./register-page.ts";

const anybody = (): Permission => ({ action: "public" });
const account = (): Permission => ({ action: "account" });
const manage = (): Permission => ({ action: "manage" });

/** Logging in elsewhere, and for programs that wait for it. */
export const identityRoutes: Route[] = [
  {
    door: "web",
    method: "GET",
    path: "/login/:provider",
    summary: "Leads to an identity provider; `next` is the page to go on to.",
    needs: anybody,
    handle: beginLogin,
  },
  {
    door: "web",
    method: "GET",
    path: "/login/:provider/callback",
    summary: "Where an identity provider leads back to.",
    needs: anybody,
    handle: finishLogin,
  },
  {
    door: "web",
    method: "GET",
    path: "/choose-name",
    summary: "The form for the name of a new account, after a first login whose own name cannot be had.",
    needs: anybody,
    handle: showChoice,
  },
  {
    door: "web",
    method: "POST",
    path: "/choose-name",
    summary: "Form: makes the account and logs in.",
    needs: anybody,
    handle: sendChoice,
  },
  {
    door: "web",
    method: "GET",
    path: "/register",
    summary: "The form for a new account with a password, where the registry lets its reader register.",
    needs: anybody,
    handle: showRegistration,
  },
  {
    door: "web",
    method: "POST",
    path: "/register",
    summary: "Form: makes an account and logs in.",
    needs: anybody,
    handle: sendRegistration,
  },
  {
    door: "web",
    method: "GET",
    path: "/approve/:flow",
    summary: "Who asks for a token, as with npm login: to allow or to deny it.",
    needs: account,
    handle: showRequest,
  },
  {
    door: "web",
    method: "POST",
    path: "/approve/:flow",
    summary: "Form: `decision=allow` or `decision=deny`.",
    needs: manage,
    handle: decide,
  },
  {
    door: "web",
    method: "GET",
    path: "/account/identities/connect",
    summary: "Leads to the account: where somebody comes back to who had to log in to send this form.",
    needs: account,
    handle: backToIdentities,
  },
  {
    door: "web",
    method: "POST",
    path: "/account/identities/connect",
    summary: "Form: connects a login at an identity provider with the account.",
    needs: manage,
    handle: connectIdentity,
  },
  {
    door: "web",
    method: "GET",
    path: "/account/identities/disconnect",
    summary: "Leads to the account: where somebody comes back to who had to log in to send this form.",
    needs: account,
    handle: backToIdentities,
  },
  {
    door: "web",
    method: "POST",
    path: "/account/identities/disconnect",
    summary: "Form: disconnects one.",
    needs: manage,
    handle: disconnectIdentity,
  },
];
