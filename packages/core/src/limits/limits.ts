import type { Logger } from 'pino'
import type { WorkspaceContext } from '../context.ts'
import type { Permission } from '../schema/authorization.ts'
import type { LimitDefinition, LimitReading, ReadLimit } from './limit.ts'

type Known = LimitDefinition & { readonly plugin: string }

/** How long a plugin may take to say how much of a limit is used. Milliseconds. */
const patienceMs = 3_000

/** Every limit of an installation, the kernel's and its plugins'. One that cannot be read keeps none of the others. */
export class Limits {
  readonly #limits: Known[]
  readonly #log: Logger

  constructor(limits: readonly Known[], log: Logger) {
    this.#limits = [...limits]
    this.#log = log
  }

  /** Adds limits that are known only later: of what serves. */
  add(limits: readonly LimitDefinition[]): void {
    this.#limits.push(...limits.map((limit) => ({ ...limit, plugin: 'core' })))
  }

  /** @param may whether whoever asks holds a permission: what they may not see is left out */
  async read(context: WorkspaceContext, may: (permission: Permission) => boolean): Promise<ReadLimit[]> {
    const seen = this.#limits.filter(({ permission }) => permission === undefined || may(permission))
    return (await Promise.all(seen.map((limit) => this.#readOne(context, limit)))).flat()
  }

  async #readOne(context: WorkspaceContext, { read, ...limit }: Known): Promise<ReadLimit[]> {
    let patience: NodeJS.Timeout | undefined
    try {
      const late = new Promise<never>((_, reject) => {
        patience = setTimeout(() => reject(new Error(`It did not answer within ${patienceMs / 1_000} s.`)), patienceMs)
      })
      const answer = await Promise.race([read(context), late])
      const readings: readonly LimitReading[] = isOne(answer) ? [answer] : answer
      return readings.map((reading) => ({ ...limit, reading }))
    } catch (err) {
      this.#log.warn({ err, limit: limit.key }, 'A limit could not be read')
      return [{ ...limit, reading: null }]
    } finally {
      clearTimeout(patience)
    }
  }
}

function isOne(answer: LimitReading | readonly LimitReading[]): answer is LimitReading {
  return !Array.isArray(answer)
}
