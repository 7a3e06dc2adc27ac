import { timingSafeEqual } from 'node:crypto'
import type { Logger } from 'pino'
import type { Access } from '../access/access.ts'
import { recordAudit } from '../access/auditTrail.ts'
import { derivedKey } from '../access/derivedKey.ts'
import { insertUser } from '../access/users.ts'
import { insertWorkspace } from '../access/workspaces.ts'
import { sql } from '../data/sql.ts'
import { ConflictError, ForbiddenError } from '../errors.ts'
import type { RequestFacts } from '../schema/graphqlContext.ts'
import type { Told } from '../told.ts'

/** What the first person says of themselves and of what they begin. */
export interface SetUpInput {
  readonly token: string
  readonly name: string
  readonly email: string
  /** 10 to 128 characters. */
  readonly password: string
  readonly workspaceName: string
  /** Of the person, and of the first page: "en" or "fr". */
  readonly locale: string
  /** IANA, in which the workspace's days begin. */
  readonly timeZone?: string | undefined
  /** Whether they also get a workspace with invented visitors to look at. */
  readonly demo: boolean
}

/** The first workspace, as it is before anything is in it. */
export interface NewInstallation {
  readonly owner: { readonly id: string; readonly name: string }
  readonly workspace: { readonly id: string; readonly name: string; readonly slug: string }
  readonly locale: string
  readonly timeZone: string | undefined
  readonly demo: boolean
}

/** A page that visitors can open already. */
export interface LivePage {
  readonly id: string
  readonly title: string
  readonly url: string
}

/** What the product has put into a new installation. */
export interface Furnished {
  /** In the workspace of its owner. Null where no plugin serves pages. */
  readonly page: LivePage | null
  /** A workspace of its own, so that invented numbers never stand beside true ones. */
  readonly demo: {
    readonly workspace: { readonly id: string; readonly name: string; readonly slug: string }
    readonly page: LivePage | null
  } | null
}

/** How a product furnishes what the first run has made. It may fail: there is an owner and a workspace all the same. */
export type Furnish = (made: NewInstallation) => Promise<Furnished>

/** The first run of an installation: who opens the address that its start prints becomes its owner, once. */
export class FirstRun {
  /**
   * Part of the address that the start prints. It derives from the installation's secret, so all servers of an installation
   * print the same, and it opens nothing any more once somebody can sign in.
   */
  readonly token: string
  readonly #access: Access
  readonly #furnish: Furnish | undefined
  readonly #log: Logger
  #settled = false

  constructor(parts: { access: Access; secret: string; furnish: Furnish | undefined; log: Logger }) {
    this.token = derivedKey(Buffer.from(parts.secret), 'first-run').toString('base64url').slice(0, 32)
    this.#access = parts.access
    this.#furnish = parts.furnish
    this.#log = parts.log
  }

  /** Whether nobody can sign in yet. Once somebody can, that stays: nothing deletes people. */
  async needed(): Promise<boolean> {
    if (this.#settled) return false
    // The system door: people belong to no workspace.
    const [person] = await this.#access.system.query(sql`select from "User" limit 1`)
    this.#settled = person !== undefined
    return !this.#settled
  }

  /**
   * Makes the owner and their workspace, both or neither, then furnishes it. Of two at once the second is refused.
   *
   * @throws ForbiddenError for another token, ConflictError where somebody was first, InvalidInputError
   */
  async setUp(
    input: SetUpInput,
    request: RequestFacts,
  ): Promise<Furnished & { workspace: NewInstallation['workspace'] }> {
    if (!(await this.needed())) throw new ConflictError(done)
    if (!sameToken(input.token, this.token)) throw new ForbiddenError(wrongToken)
    const password = await this.#access.hashPassword(input.password)
    const made = await this.#access.system.transaction(async (tx) => {
      await tx.query(sql`select pg_advisory_xact_lock(72707372)`)
      const [person] = await tx.query(sql`select from "User" limit 1`)
      if (person) throw new ConflictError(done)
      const { name, email } = input
      const owner = await insertUser(tx, { name, email, locale: input.locale, emailVerified: true, password })
      const workspace = await insertWorkspace(tx, this.#access.clock, {
        name: input.workspaceName,
        slug: slugOf(input.workspaceName),
        ownerId: owner.id,
      })
      await recordAudit(
        { workspaceId: workspace.id, inTransaction: true, query: tx.query },
        {
          action: 'setUp',
          principal: { type: 'user', id: owner.id, name },
          at: this.#access.clock.now(),
          change: { resourceType: 'Workspace', resourceId: workspace.id, after: workspace },
          ipAddress: request.address,
          userAgent: request.userAgent,
          traceId: request.traceId,
        },
      )
      return { owner: { id: owner.id, name }, workspace }
    })
    this.#settled = true
    const { timeZone, demo } = input
    const furnished = await this.#furnish?.({ ...made, locale: input.locale, timeZone, demo }).catch((err: unknown) => {
      this.#log.error({ err }, 'The first workspace could not be furnished; it stays empty')
      return undefined
    })
    return { page: null, demo: null, ...furnished, workspace: made.workspace }
  }
}

/** A workspace's name for addresses: "L’été à Paris" is "l-ete-a-paris". */
export function slugOf(name: string): string {
  const words = name
    .normalize('NFD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replaceAll(/^-+|-+$/g, '')
  return words || 'team'
}

function sameToken(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

const done: Told = {
  en: 'This installation has an owner already. Sign in; if that should have been you, ask whoever runs the server.',
  fr: 'Cette installation a déjà un propriétaire. Connectez-vous ; si ce devait être vous, demandez à qui gère le serveur.',
}
const wrongToken: Told = {
  en: 'This is not the address that the server printed when it started. Open that one: it holds the key to a new installation.',
  fr: 'Ce n’est pas l’adresse que le serveur a affichée au démarrage. Ouvrez celle-là : elle contient la clé d’une nouvelle installation.',
}
