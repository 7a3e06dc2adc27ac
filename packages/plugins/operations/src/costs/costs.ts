import { InvalidInputError, type SqlContext } from '@espalier/core'

/** What one kind of thing cost on one day. */
export interface DayCost {
  /** "2026-11-21", in UTC. */
  readonly day: string
  /** "models", "mail", or what plugins add. */
  readonly kind: string
  /** What it was for; "" where that is not told apart. */
  readonly purpose: string
  /** Calls, or messages. */
  readonly count: number
  /** Millionths of a US dollar. */
  readonly costMicros: number
}

export interface CostSource {
  readonly kind: string
  /** @param from inclusive @param to exclusive @returns days on which something was spent or done, by purpose */
  byDay(context: SqlContext, from: Date, to: Date): Promise<Omit<DayCost, 'kind'>[]>
}

const longestDays = 366

/** What an installation pays others for. */
export class Costs {
  readonly #sources: CostSource[] = []

  add(source: CostSource): void {
    this.#sources.push(source)
  }

  /** By day, kind and purpose, in that order. */
  async byDay(context: SqlContext, from: Date, to: Date): Promise<DayCost[]> {
    const days = await Promise.all(
      this.#sources.map(async ({ kind, byDay }) => (await byDay(context, from, to)).map((cost) => ({ ...cost, kind }))),
    )
    return days.flat().sort((a, b) => order(a, b))
  }

  /**
   * The same of whole days (UTC), both included.
   *
   * @throws InvalidInputError for days the wrong way around, and for more than 366
   */
  ofDays(context: SqlContext, first: string, last: string): Promise<DayCost[]> {
    const from = new Date(`${first}T00:00:00Z`)
    const to = new Date(Date.parse(`${last}T00:00:00Z`) + 86_400_000)
    const days = (to.getTime() - from.getTime()) / 86_400_000
    if (days < 1)
      throw InvalidInputError.of('to', 'ORDER', {
        en: `${last} is before ${first}.`,
        fr: `${last} est avant ${first}.`,
      })
    if (days > longestDays)
      throw InvalidInputError.of('from', 'SPAN_TOO_LONG', {
        en: `From ${first} to ${last} are ${days} days: ask for ${longestDays} at most.`,
        fr: `Du ${first} au ${last}, cela fait ${days} jours : demandez-en ${longestDays} au plus.`,
      })
    return this.byDay(context, from, to)
  }
}

function order(a: DayCost, b: DayCost): number {
  const [left, right] = [a, b].map(({ day, kind, purpose }) => `${day} ${kind} ${purpose}`) as [string, string]
  return left < right ? -1 : left > right ? 1 : 0
}
