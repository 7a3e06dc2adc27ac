import type { ConstructorOptions } from 'pg-boss'

/**
 * Time that goes on evenly, whatever somebody sets the machine's clock to: when the process began, and what has passed since.
 * pg-boss compares it with PostgreSQL's clock at times, so schedules come by that one. By the machine's own, a clock that is
 * set forward would run tomorrow's schedules today, and again tomorrow.
 */
export const steadyClock: NonNullable<ConstructorOptions['clock']> = {
  now: () => Math.round(performance.timeOrigin + performance.now()),
  setTimeout: (work, milliseconds) => setTimeout(work, milliseconds),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
  setInterval: (work, milliseconds) => setInterval(work, milliseconds),
  clearInterval: (timer) => clearInterval(timer as NodeJS.Timeout),
}
