/**
 * Loaded before everything else (`node --import`): this process alone has a clock that is wrong by CLOCK_SHIFT_SECONDS. Timers and
 * `performance.now` go on as they did, as they do where the clock of a machine is set.
 */
const shift = Number(process.env["CLOCK_SHIFT_SECONDS"] ?? 0) * 1_000;
const RightDate = Date;
/** Taken now, because libraries put a function of their own in its place, which asks the one that was there. */
const rightNow = RightDate.now.bind(RightDate);

globalThis.Date = new Proxy(RightDate, {
  construct(target, args, newTarget) {
    const shifted: unknown[] = args.length === 0 ? [rightNow() + shift] : args;
    return Reflect.construct(target, shifted, newTarget);
  },
  apply: () => new RightDate(rightNow() + shift).toString(),
  get(target, property, receiver) {
    if (property === "now") return () => rightNow() + shift;
    return Reflect.get(target, property, receiver);
  },
});
