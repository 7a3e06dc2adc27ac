import type { Awaitable } from '../awaitable.ts'
import type { WorkspaceContext } from '../context.ts'
import type { Permission } from '../schema/authorization.ts'
import type { Told } from '../told.ts'

/** What a limit counts. */
export type LimitUnit = 'count' | 'bytes' | 'seconds' | 'days' | 'tokens' | 'micros'

/** In what time that much: nothing for what holds at any time. */
export type LimitPeriod = 'second' | 'minute' | 'day' | 'month'

/** Who says how much it is, and so where it is changed. */
export type LimitOrigin =
  /** A setting of the plugin, in each workspace. */
  | { readonly kind: 'setting'; readonly name: string }
  /** A variable of the server's environment, for all workspaces. */
  | { readonly kind: 'environment'; readonly name: string }
  /** A service outside: the provider of mail. */
  | { readonly kind: 'service' }
  /** Of the build. */
  | { readonly kind: 'fixed' }

/** How a limit stands at this moment. */
export interface LimitReading {
  /** Which of several it is, where there are several: the purpose of a budget. */
  readonly of?: string
  /** Null: without a limit. */
  readonly most: number | null
  /** How much of it is taken; left out where nobody counts. */
  readonly used?: number
}

/** Something that a workspace may have or do only so much of. */
export interface LimitDefinition {
  /** Stable and unique: "ai.monthly-budget". A plugin's begin with its name. */
  readonly key: string
  readonly title: Told
  /** What happens at the limit, and of whom it is. */
  readonly about: Told
  readonly unit: LimitUnit
  readonly per?: LimitPeriod
  readonly from: LimitOrigin
  /** What seeing it takes beside "settings:read". */
  readonly permission?: Permission
  readonly read: (context: WorkspaceContext) => Awaitable<LimitReading | readonly LimitReading[]>
}

/** A limit as it was read; null where it could not be. */
export type ReadLimit = Omit<LimitDefinition, 'read'> & {
  readonly plugin: string
  readonly reading: LimitReading | null
}
