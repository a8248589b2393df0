import { z } from "zod";
import { requireAccount } from "../../registry/caller.ts";
import { decideRequest, findRequest, type LoginRequest } from "../../registry/identity/login-request.ts";
import { networkOf } from "../../registry/network.ts";
import type { Answer } from "../answer.ts";
import type { Request } from "../request.ts";
import type { Services } from "../services.ts";
import { notice } from "./components.ts";
import { readForm } from "./forms.ts";
import { ago } from "./format.ts";
import { type Html, html } from "./html.ts";
import { page } from "./layout.ts";
import { loginFailure } from "./login-failure.ts";

const decisionForm = z.object({ decision: z.enum(["allow", "deny"]) });

/** `GET /approve/:flow`: the `loginUrl` of npm and of the CLI. */
export async function showRequest({ parts }: Services, request: Request): Promise<Answer> {
  try {
    return requestPage(request, await findRequest(parts, request.params["flow"] ?? ""), parts.now());
  } catch (error) {
    return loginFailure(request, error);
  }
}

/** `POST /approve/:flow`. */
export async function decide({ parts }: Services, request: Request): Promise<Answer> {
  const { decision } = await readForm(request, decisionForm);
  const allow = decision === "allow";
  try {
    await decideRequest(parts, request.caller, { page: request.params["flow"] ?? "", allow });
  } catch (error) {
    return loginFailure(request, error);
  }
  return page(request, {
    title: allow ? "Logged in" : "Denied",
    body: html`<div class="narrow" role="status">
      <h1>${allow ? "You are logged in" : "Denied"}</h1>
      <p>
        ${
          allow
            ? "The program in your terminal has its token in a moment. You may close this window."
            : "The program gets no token. You may close this window."
        }
      </p>
      ${
        allow
          ? html`<p class="muted">
              You can revoke the token at any time: it is on <a href="/account#tokens">your account</a>.
            </p>`
          : null
      }
    </div>`,
  });
}

function requestPage(request: Request, asked: LoginRequest, now: Date): Answer {
  const { name } = requireAccount(request.caller);
  return page(request, {
    title: "Allow a login?",
    body: html`<div class="narrow">
      <h1>Allow a login?</h1>
      ${warning(request, asked)}
      <p>A program wants to act as <strong>${name}</strong>: to publish, and to read what you may read.</p>
      <dl class="request">
        <dt>Program</dt>
        <dd>${asked.program === "" ? "says nothing about itself" : asked.program}</dd>
        ${
          asked.machine === ""
            ? null
            : html`<dt>Machine</dt>
                <dd>${asked.machine}</dd>`
        }
        <dt>Address</dt>
        <dd>${asked.address}</dd>
        <dt>Asked</dt>
        <dd>${ago(asked.at, now)}</dd>
      </dl>
      <form action="${request.path}" method="post" class="decision">
        <button class="button button-primary" type="submit" name="decision" value="allow">Allow</button>
        <button class="button" type="submit" name="decision" value="deny">Deny</button>
      </form>
    </div>`,
  });
}

/** Whoever has others open such an address gets their token: that it was asked for elsewhere is the sign of it. */
function warning({ caller }: Request, { address }: LoginRequest): Html {
  const isElsewhere = placeOf(address) !== placeOf(caller.address);
  return notice(
    isElsewhere ? "danger" : "warn",
    html`<p>
        Go on only if you have just run <code>npm login</code> or <code>skills login</code> yourself. If
        somebody sent you this address, deny.
      </p>
      ${
        isElsewhere
          ? html`<p>
              The program is at ${address}, your browser at ${caller.address}: these are different networks.
            </p>`
          : null
      }`,
  );
}

/** This machine has two addresses of its own, one of IPv4 and one of IPv6. */
function placeOf(address: string): string {
  return /^(127\.|::1$)/.test(address) ? "here" : networkOf(address);
}
