import { readFileSync } from 'node:fs'

/**
 * Loaded before the product (`node --import`): the clock of the process is wrong by as many milliseconds as the file CLOCK_FILE says at
 * any time, ahead or behind. As with a clock that somebody sets, timers run on, and PostgreSQL, on another machine, keeps its own.
 */
const file = process.env.CLOCK_FILE as string
const now = Date.now
let ahead = 0

const read = () => {
  try {
    ahead = Number(readFileSync(file, 'utf8')) || 0
  } catch {
    // Not set yet.
  }
}
read()
setInterval(read, 50).unref()

globalThis.Date = new Proxy(Date, {
  construct: (target, given, made) =>
    Reflect.construct(target, given.length === 0 ? [now() + ahead] : given, made) as Date,
  apply: () => new globalThis.Date().toString(),
  get: (target, name, receiver) => (name === 'now' ? () => now() + ahead : Reflect.get(target, name, receiver)),
})
Date.prototype.constructor = Date
