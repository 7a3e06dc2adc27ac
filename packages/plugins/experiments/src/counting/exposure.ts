import type { EventSource } from '@espalier/tracking'

/** What results are sliced by, as it was at the exposure. */
export type Slices = Readonly<Record<'device' | 'country' | 'channel', string | null>>

/** A subject's first meeting with a variant of an experiment: its row. */
export interface Exposure extends Slices {
  readonly experimentId: string
  readonly subject: string
  readonly variantId: string
  readonly exposedAt: Date
  /** The phase in which it was exposed. */
  readonly phase: number
  /** In the workspace's time zone, as it was counted. */
  readonly day: string
  /** Whether it was also seen with another variant. */
  readonly crossed: boolean
}

/** That a subject met a variant, as somebody says. */
export interface ExposureClaim extends Slices {
  readonly experimentId: string
  readonly subject: string
  readonly variantId: string
  readonly at: Date
}

export function slicesOf({ device, country, channel }: Pick<EventSource, 'device' | 'country' | 'channel'>): Slices {
  return { device, country, channel }
}

/**
 * Which of two claims of one subject is the exposure: the earlier one, and the same one whatever the order in
 * which they come.
 */
export function isEarlier(
  one: { readonly at: Date; readonly variantId: string },
  other: { readonly at: Date; readonly variantId: string },
): boolean {
  const difference = one.at.getTime() - other.at.getTime()
  return difference < 0 || (difference === 0 && one.variantId < other.variantId)
}
