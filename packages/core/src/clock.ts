/** The present, injected: nothing in the product reads the system's clock by itself. */
export interface Clock {
  now(): Date
}

/** The clock of the machine. */
export const systemClock: Clock = { now: () => new Date() }
