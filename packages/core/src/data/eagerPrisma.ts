import { dataError } from './errors.ts'
import type { AnyPrismaClient, WorkspacePrisma } from './prismaTypes.ts'

/**
 * A Prisma client whose every call starts at once and runs through `run`, which lends the real client for
 * as long as the call lasts. Prisma's own promises are lazy: one that leaves the place where it was made
 * would start wherever somebody awaits it, outside of its workspace or its transaction.
 *
 * Models and tagged raw queries only. What would outlive a call (extensions, array transactions) is refused,
 * and so are raw queries from strings: SQL from input could choose its own workspace.
 *
 * @param read answers reads without Prisma; undefined for those that it leaves to it
 */
export function eagerPrisma(
  run: (operation: (client: AnyPrismaClient) => Promise<unknown>) => Promise<unknown>,
  read: SqlReader = () => undefined,
): WorkspacePrisma {
  return cachedMembers((name) => {
    if (name === '$queryRaw' || name === '$executeRaw')
      return (...args) => run((client) => (callable(client)[name] as Call)(...args))
    if (name.startsWith('$')) throw dataError('PRISMA_CALL_REFUSED', name)
    return cachedMembers((operation) => (...args) => {
      const byPrisma: Call = () => run((client) => (callable(callable(client)[name])[operation] as Call)(...args))
      return read(name, operation, args, byPrisma) ?? byPrisma()
    })
  }) as unknown as WorkspacePrisma
}

/** Answers a call of a model; `byPrisma` asks Prisma after all. */
export type SqlReader = (
  model: string,
  operation: string,
  args: readonly unknown[],
  byPrisma: () => Promise<unknown>,
) => Promise<unknown> | undefined

type Call = (...args: unknown[]) => Promise<unknown>
type Member = Call | object

/** A model or call that does not exist fails as it does on a plain client: `undefined` is not a function. */
function callable(target: unknown): { [name: string]: Call } {
  return target as { [name: string]: Call }
}

/** An object whose members are made when they are first asked for. Never thenable, so that it may be awaited. */
function cachedMembers(make: (name: string) => Member): object {
  const made = new Map<string, Member>()
  return new Proxy(
    {},
    {
      get(_target, name) {
        if (typeof name !== 'string' || name === 'then') return undefined
        if (!made.has(name)) made.set(name, make(name))
        return made.get(name)
      },
      // Pothos looks whether a model is there before it asks for it.
      has: (_target, name) => typeof name === 'string' && name !== 'then',
    },
  )
}
