import { expect, it } from "vitest";
import { parseTraceParent } from "./trace-parent.ts";

const [TRACE, SPAN] = ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"];

it("a traceparent of any version says trace, span and whether it is recorded", () => {
  expect(parseTraceParent(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, spanId: SPAN, sampled: true });
  expect(parseTraceParent(`00-${TRACE}-${SPAN}-00`)?.sampled).toBe(false);
  expect(parseTraceParent(`01-${TRACE}-${SPAN}-03`)?.sampled).toBe(true);
});

it.each([
  ["nothing", undefined],
  ["two of them", [`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`]],
  ["an empty one", ""],
  ["capital letters", `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ["a trace of zeros", `00-${"0".repeat(32)}-${SPAN}-01`],
  ["a span of zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
  ["the version that is forbidden", `ff-${TRACE}-${SPAN}-01`],
  ["a trace that is too long", `00-${TRACE}a-${SPAN}-01`],
  ["something behind it", `00-${TRACE}-${SPAN}-01\n`],
])("%s is none", (_what, header) => {
  expect(parseTraceParent(header)).toBeUndefined();
});
