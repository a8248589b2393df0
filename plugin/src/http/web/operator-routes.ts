import type { Permission } from "../../registry/authorize.ts";
import type { Route } from "../route.ts";
import { operatorPage } from "./operator-page.ts";
import { sendSetup, showSetup } from "./setup-page.ts";

const anybody = (): Permission => ({ action: "public" });
const operate = (): Permission => ({ action: "operate" });

/** The operator's pages, and the setup of the first one. */
export const operatorRoutes: Route[] = [
  {
    door: "web",
    method: "GET",
    path: "/operator",
    summary:
      "How the registry is doing: counts, storage, last faults, withdrawn versions, locked accounts, the audit log back from `before`. For operators.",
    needs: operate,
    handle: operatorPage,
  },
  {
    door: "web",
    method: "GET",
    path: "/setup",
    summary: "Where the first operator enters the setup code; not there once there is one.",
    needs: anybody,
    handle: showSetup,
  },
  {
    door: "web",
    method: "POST",
    path: "/setup",
    summary: "Form: setup code, and name and password of a new account where nobody is logged in.",
    needs: anybody,
    handle: sendSetup,
  },
];
