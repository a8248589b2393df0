import { SkillsError } from "@skills-registry/schema";
import { describe, expect, test } from "vitest";
import { describeFailure, failureLines, redact } from "./failure.ts";

function errorLike(message: string, fields: object): Error {
  return Object.assign(new Error(message), fields);
}

describe("a failure", () => {
  test("of our own keeps code, hint and exit code", () => {
    const failure = describeFailure(new SkillsError("EUSAGE", "wrong"));
    expect(failure).toMatchObject({ code: "EUSAGE", message: "wrong", exit: 2 });
  });

  test("explained by the registry shows its words, not npm's", () => {
    const body = {
      error: "@acme belongs to acme",
      code: "ESKILLSCOPE",
      issues: [],
      hint: "Publish to your own.",
    };
    const failure = describeFailure(
      errorLike("403 Forbidden - PUT …", { code: "E403", statusCode: 403, body }),
    );
    expect(failure).toMatchObject({
      code: "ESKILLSCOPE",
      message: "@acme belongs to acme",
      hint: "Publish to your own.",
      exit: 1,
    });
  });

  test("of megabytes is cut", () => {
    const body = { error: "x".repeat(1024 * 1024), code: "EBADREQUEST", issues: [], hint: "" };
    const { message } = describeFailure(errorLike("400", { code: "E400", statusCode: 400, body }));
    expect(message.length).toBeLessThan(10_000);
  });

  test("explained by the registry for npm says each thing once", () => {
    const body = { error: "no login\nRun npm login.", code: "ENEEDAUTH", issues: [], hint: "Run npm login." };
    const failure = describeFailure(errorLike("401", { code: "E401", statusCode: 401, body }));
    expect(failureLines(failure)).toEqual(["error ENEEDAUTH: no login", "hint: Run npm login."]);
  });

  test("of another registry passes npm's code through", () => {
    const failure = describeFailure(
      errorLike("401 Unauthorized", { code: "E401", statusCode: 401, body: "no" }),
    );
    expect(failure).toMatchObject({ code: "E401", exit: 1 });
    expect(failure.hint).toContain("skills login");
  });

  test("of the disk keeps its code and says where to look", () => {
    const failure = describeFailure(
      errorLike("ENOSPC: no space left on device, write", { code: "ENOSPC", syscall: "write" }),
    );
    expect(failure).toMatchObject({ code: "ENOSPC", exit: 1, hint: expect.stringContaining("free space") });
  });

  test("by Ctrl-C exits with 130", () => {
    expect(describeFailure(new DOMException("stop", "AbortError")).exit).toBe(130);
  });

  test("nobody foresaw is said to be one", () => {
    expect(describeFailure(new TypeError("x is undefined")).code).toBe("EUNEXPECTED");
  });

  test("lists its findings and ends with what to do", () => {
    const lines = failureLines(
      describeFailure(new SkillsError("ESKILLINVALID", "broken", { hint: "Mend it." })),
    );
    expect(lines).toEqual(["error ESKILLINVALID: broken", "hint: Mend it."]);
  });
});

test.each([
  ["https://user:secret@host.test/x failed", "https://***@host.test/x failed"],
  ["https://user:p@ss@host.test/x", "https://***@host.test/x"],
  ["https://token@host.test/x", "https://***@host.test/x"],
  ["DELETE http://host.test/-/user/token/npm_abc123", "DELETE http://host.test/-/user/token/***"],
  ["404 - GET https://host.test/x.tgz?signature=abc - gone", "404 - GET https://host.test/x.tgz?*** - gone"],
  ["//host.test/:_authToken=abc", "//host.test/:_authToken=***"],
])("takes the credential out of %s", (text, redacted) => {
  expect(redact(text)).toBe(redacted);
});
