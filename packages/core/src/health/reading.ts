import type { Told } from '../told.ts'

/** Whether a part of the installation does what it is there for. */
export type HealthState = 'ok' | 'degraded' | 'down'

/** What a figure of health counts. */
export type HealthUnit = 'count' | 'bytes' | 'milliseconds' | 'seconds' | 'perMinute'

/** A number that says how a part is. */
export interface HealthFigure {
  readonly label: Told
  readonly value: number
  readonly unit: HealthUnit
}

/** How a part of the installation is, at this moment. */
export interface HealthReading {
  /** Stable and unique: "database". A plugin's begin with its name. */
  readonly key: string
  readonly title: Told
  readonly state: HealthState
  /** What that means, and what to do where it is not well. */
  readonly sentence: Told
  readonly figures: readonly HealthFigure[]
}

/** A part that is asked how it is. What it throws, or does not answer in time, counts as down. */
export interface HealthCheck {
  readonly key: string
  readonly title: Told
  readonly read: () => Promise<Omit<HealthReading, 'key' | 'title'>>
}
