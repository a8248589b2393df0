interface Visited {
  url: URL;
  text: string;
  /** Where the site sent the browser, when that is another origin; it was not followed. */
  left: URL | undefined;
}

export interface ScriptedBrowser {
  /** Opens an address, or sends a form to it, and follows redirects within its origin. */
  open(url: URL, form?: Record<string, string>): Promise<Visited>;
}

/** Redirects after which a site is thought to lead nowhere. */
const HOPS = 10;

/** The least of a browser that a login page needs: cookies of one site, forms, redirects. */
export function browse(): ScriptedBrowser {
  const cookies = new Map<string, string>();
  const send = async (url: URL, form?: Record<string, string>): Promise<Response> => {
    const headers = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
    const body = form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) };
    const answer = await fetch(url, { headers, redirect: "manual", ...body });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    return answer;
  };
  return {
    async open(url, form) {
      let at = url;
      let answer = await send(url, form);
      for (let hop = 0; hop < HOPS; hop += 1) {
        const location = answer.headers.get("location");
        if (location === null) return { url: at, text: await answer.text(), left: undefined };
        await answer.body?.cancel();
        const next = new URL(location, at);
        if (next.origin !== url.origin) return { url: at, text: "", left: next };
        at = next;
        answer = await send(next);
      }
      throw new Error(`${url.href} redirects for ever`);
    },
  };
}
