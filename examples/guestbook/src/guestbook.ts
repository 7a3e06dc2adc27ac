import { ConflictError, checkInput, type Live, NotFoundError, type SqlContext, sql } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { type Entry, type EntryInput, entryInput, linksIn } from './entry.ts'
import { entryShown, shownChanged } from './events.ts'
import { screenEntry } from './jobs.ts'
import type { Settings } from './settings.ts'

/** The service of the guestbook: knows neither GraphQL nor HTTP. */
export class Guestbook {
  readonly live: Live
  readonly #settings: (context: SqlContext) => Promise<Settings>

  constructor(settings: (context: SqlContext) => Promise<Settings>, live: Live) {
    this.#settings = settings
    this.live = live
  }

  /** Takes an entry; it is shown once it has been screened. @returns its id @throws InvalidInputError */
  async sign(context: SqlContext, input: EntryInput): Promise<string> {
    const { name, text } = checkInput(entryInput, input)
    const id = uuidv7()
    await context.sqlTransaction(async (tx) => {
      await tx.db.query(sql`
        insert into "GuestbookEntry" ("id", "name", "text", "createdAt") values (${id}, ${name}, ${text}, ${tx.clock.now()})`)
      // Together with the entry, or not at all.
      await tx.enqueue(screenEntry, { entryId: id })
    })
    return id
  }

  /** Shows an entry, or holds it back when it has too many links. Once screened, it stays as it is. */
  async screen(context: SqlContext, id: string): Promise<Entry['status']> {
    const { maxLinks } = await this.#settings(context)
    return context.sqlTransaction(async (tx) => {
      const entry = await lock(tx, id)
      if (entry.status !== 'waiting') return entry.status
      if (linksIn(entry.text) <= maxLinks) return (await show(tx, entry)).status
      await tx.db.query(sql`update "GuestbookEntry" set "status" = 'held' where "id" = ${id}`)
      return 'held'
    })
  }

  /** Shows an entry that was held back. @throws NotFoundError, ConflictError when it is shown already */
  async approve(context: SqlContext, id: string): Promise<Entry> {
    return context.sqlTransaction(async (tx) => {
      const before = await lock(tx, id)
      if (before.status === 'shown')
        throw new ConflictError({
          en: `The entry of "${before.name}" is shown already.`,
          fr: `Le message de « ${before.name} » est déjà visible.`,
        })
      const after = await show(tx, before)
      tx.audit({ resourceType: 'GuestbookEntry', resourceId: id, before, after })
      return after
    })
  }

  async countShown(context: SqlContext): Promise<number> {
    const [row] = await context.db.query<{ count: number }>(
      sql`select count(*)::int as "count" from "GuestbookEntry" where "status" = 'shown'`,
    )
    return row?.count ?? 0
  }
}

/** The entry as it is, held until the transaction ends. */
async function lock(tx: SqlContext, id: string): Promise<Entry> {
  const [entry] = await tx.db.query<Entry>(sql`
    select "id", "name", "text", "status", "createdAt" from "GuestbookEntry" where "id" = ${id} for update`)
  if (!entry) throw new NotFoundError('GuestbookEntry', id)
  return entry
}

async function show(tx: SqlContext, entry: Entry): Promise<Entry> {
  await tx.db.query(sql`update "GuestbookEntry" set "status" = 'shown' where "id" = ${entry.id}`)
  await tx.publish(entryShown, { entryId: entry.id })
  tx.announce(shownChanged, 'all', null)
  return { ...entry, status: 'shown' }
}
