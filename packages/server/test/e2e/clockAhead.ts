/**
 * Loaded before the product (`node --import`): the clock of the machine is ahead by CLOCK_AHEAD_MS, as if that time had passed.
 * PostgreSQL keeps its own.
 */
const ahead = Number(process.env.CLOCK_AHEAD_MS)
const now = Date.now

globalThis.Date = new Proxy(Date, {
  construct: (target, given, made) =>
    Reflect.construct(target, given.length === 0 ? [now() + ahead] : given, made) as Date,
  apply: () => new globalThis.Date().toString(),
  get: (target, name, receiver) => (name === 'now' ? () => now() + ahead : Reflect.get(target, name, receiver)),
})
Date.prototype.constructor = Date
