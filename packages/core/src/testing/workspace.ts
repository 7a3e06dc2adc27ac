import type { z } from 'zod'
import type { Role } from '../access/principal.ts'
import type { WorkspaceContext } from '../context.ts'
import type { Plugin } from '../plugin/definePlugin.ts'
import type { Kernel } from '../plugin/kernel.ts'
import { Caller, type CallerParts } from './caller.ts'
import { createPerson, sessionCookie } from './people.ts'

/** Somebody for a test to be. */
export interface TestPerson {
  /** Default: an address of theirs. */
  readonly name?: string
  /** Default "en". */
  readonly locale?: 'en' | 'fr'
}

/** A workspace of a test's own, and whoever is in it. */
export class TestWorkspace {
  readonly id: string
  /** In addresses: "/guestbook/<slug>". */
  readonly slug: string
  /** Its data and its events, on behalf of the system: to set the scene, or to look behind it. */
  readonly context: WorkspaceContext
  readonly #kernel: Kernel
  readonly #origin: string
  readonly #parts: Omit<CallerParts, 'who' | 'headers'>

  /** Use `app.newWorkspace()`. */
  constructor(
    made: { id: string; slug: string },
    kernel: Kernel,
    { origin, ...parts }: Omit<CallerParts, 'who' | 'headers'> & { origin: string },
  ) {
    this.id = made.id
    this.slug = made.slug
    this.context = kernel.contexts.workspace(made.id, { type: 'system', name: 'test' })
    this.#kernel = kernel
    this.#origin = origin
    this.#parts = parts
  }

  /**
   * A new person with this role here, signed in; or `anonymous`: a visitor, who is in no workspace.
   *
   * @example const viewer = await app.as('viewer')
   */
  async as(role: Role | 'anonymous', person: TestPerson = {}): Promise<Caller> {
    if (role === 'anonymous')
      return new Caller({ ...this.#parts, who: 'somebody anonymous', headers: { origin: this.#origin } })
    const userId = await createPerson(this.#kernel, person)
    await this.#kernel.access.addMember(this.id, userId, role)
    const cookie = await sessionCookie(this.#kernel, userId)
    return new Caller({
      ...this.#parts,
      who: `${/^[aeo]/.test(role) ? 'an' : 'a'} ${role}`,
      headers: { cookie, origin: this.#origin, 'x-espalier-workspace': this.id },
    })
  }

  /**
   * An API key of this workspace with these scopes, and no other right. It asks the public schema.
   *
   * @throws InvalidInputError for a scope that no plugin declares
   * @example const key = await app.withKey(['guestbook:read'])
   */
  async withKey(scopes: readonly `${string}:${string}`[]): Promise<Caller> {
    const { key } = await this.#kernel.access.createApiKey(this.id, { name: 'Test', scopes })
    return new Caller({
      ...this.#parts,
      who: `an API key with ${scopes.join(', ') || 'no scope'}`,
      headers: { authorization: `Bearer ${key}` },
    })
  }

  /**
   * Sets some of a plugin's settings here; the others stay.
   *
   * @throws InvalidInputError for a value that its schema refuses
   */
  async set<Settings extends z.ZodObject>(
    // biome-ignore lint/suspicious/noExplicitAny: whatever its service is
    plugin: Plugin<any, Settings>,
    values: Partial<z.input<Settings>>,
  ): Promise<void> {
    await this.context.transaction((tx) => this.#kernel.settings.update(tx, plugin.name, values))
  }
}
