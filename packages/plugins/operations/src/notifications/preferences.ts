import { checkInput, InvalidInputError, type SqlContext, said, sql } from '@espalier/core'
import { z } from 'zod'
import type { NotificationKind } from '../notifier.ts'
import type { Kinds } from './kinds.ts'

/** How one person is told of one kind. */
export interface Preference {
  readonly kind: NotificationKind
  readonly inApp: boolean
  readonly mail: 'never' | 'atOnce' | 'digest'
  /** Whether they said so themselves. */
  readonly chosen: boolean
}

export interface PreferenceInput {
  readonly kind: string
  readonly inApp?: boolean
  readonly mail?: 'never' | 'atOnce' | 'digest'
}

export class Preferences {
  readonly #kinds: Kinds

  constructor(kinds: Kinds) {
    this.#kinds = kinds
  }

  /** Of every kind, in the order in which kinds were added. */
  async of(context: SqlContext, userId: string): Promise<Preference[]> {
    const rows = await context.db.query<{ kind: string; inApp: boolean; mail: Preference['mail'] }>(sql`
      select "kind", "inApp", "mail" from "NotificationPreference" where "userId" = ${userId}`)
    const chosen = new Map(rows.map((row) => [row.kind, row]))
    return this.#kinds.all.map((kind) => {
      const own = chosen.get(kind.name)
      return { kind, inApp: own?.inApp ?? true, mail: own?.mail ?? kind.mail, chosen: own !== undefined }
    })
  }

  /**
   * Changes how a person is told of kinds; what is left out stays as it is.
   *
   * @throws InvalidInputError for a kind that is none, or that is named twice
   */
  async change(context: SqlContext, userId: string, given: readonly PreferenceInput[]): Promise<Preference[]> {
    const changes = checkInput(preferenceChanges, [...given])
    const current = new Map((await this.of(context, userId)).map((preference) => [preference.kind.name, preference]))
    for (const [index, { kind, inApp, mail }] of changes.entries()) {
      const before = current.get(kind)
      if (!before) {
        const known = this.#kinds.all.map(({ name }) => name).join(', ')
        throw InvalidInputError.of(`input.${index}.kind`, 'UNKNOWN_KIND', {
          en: `There is no kind of notification "${kind}". The kinds are: ${known}.`,
          fr: `Il n’y a pas de type de notification « ${kind} ». Les types sont : ${known}.`,
        })
      }
      await context.db.query(sql`
        insert into "NotificationPreference" ("userId", "kind", "inApp", "mail")
        values (${userId}, ${kind}, ${inApp ?? before.inApp}, ${mail ?? before.mail})
        on conflict ("workspaceId", "userId", "kind") do update set "inApp" = excluded."inApp", "mail" = excluded."mail"`)
    }
    return this.of(context, userId)
  }
}

const preferenceChanges = z
  .array(
    z.object({
      kind: z.string(),
      inApp: z.boolean().optional(),
      mail: z.enum(['never', 'atOnce', 'digest']).optional(),
    }),
  )
  .refine((changes) => changes.length <= 100, said({ en: 'has more than 100 entries', fr: 'a plus de 100 entrées' }))
  .refine(
    (changes) => new Set(changes.map(({ kind }) => kind)).size === changes.length,
    said({ en: 'names a kind twice', fr: 'nomme deux fois un type' }),
  )
