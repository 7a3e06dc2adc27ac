import { ConflictError, checkInput, NotFoundError, said, sql, type Told, type WorkspaceContext } from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { JsonValue } from '../json.ts'
import { text } from '../naming.ts'
import { planGrowthBook } from './growthbook/planGrowthBook.ts'
import { importChanged } from './importChanged.ts'
import type { ImportItem } from './importItem.ts'
import type { Making } from './making.ts'
import { notes } from './notes.ts'

export const source = 'growthbook'

/** How many rows are written in one statement. */
const atOnce = 500

/** What the person who imports decides. */
export const importOptions = z.object({
  /** Whose rules of flags count. */
  environment: text(120)
    .refine((value) => value.length > 0, said({ en: 'is empty', fr: 'est vide' }))
    .default('production'),
  /** The event that decides where no metric can be carried over. */
  goal: text(64)
    .refine((value) => value.length > 0, said({ en: 'is empty', fr: 'est vide' }))
    .default('conversion'),
})

export type ImportOptions = z.input<typeof importOptions>

/** An item beside what is here already: `known` came with an earlier import. */
export interface PlannedItem extends Omit<ImportItem, 'outcome'> {
  readonly outcome: ImportItem['outcome'] | 'known'
  /** The experiment or metric that it came to before. */
  readonly targetId: string | null
}

export interface ImportCounts {
  readonly planned: number
  readonly made: number
  readonly known: number
  readonly included: number
  readonly impossible: number
  readonly failed: number
}

/** Imports from other services: first planned and looked at, then made one by one, each whole or not at all. */
export class Imports {
  readonly #making: Making

  constructor(making: Making) {
    this.#making = making
  }

  /**
   * What a file would become in this workspace; nothing is written.
   *
   * @param file the parsed JSON of GrowthBook's answers
   * @throws InvalidInputError when it holds nothing that is known
   */
  async preview(context: WorkspaceContext, file: unknown, options: ImportOptions = {}): Promise<PlannedItem[]> {
    const items = onceEach(planGrowthBook(file, checkInput(importOptions, options)))
    const origins = await this.#originsOf(context)
    const taken = await this.#takenKeys(context, items, new Set(origins.values()))
    return items.map((item): PlannedItem => {
      const targetId = origins.get(`${item.kind} ${item.sourceId}`) ?? null
      if (item.outcome !== 'planned') return { ...item, targetId: null }
      if (targetId) return { ...item, outcome: 'known', targetId }
      if (!taken.has(`${item.plan?.makes} ${item.key}`)) return { ...item, targetId }
      return { ...item, outcome: 'impossible', notes: [notes.takenKey(item.key ?? '')], plan: null, targetId }
    })
  }

  /** The same, kept, so that it can be looked at and then made. @returns id of the import @throws InvalidInputError */
  async prepare(
    context: WorkspaceContext,
    { fileName, file, options = {} }: { fileName: string; file: unknown; options?: ImportOptions },
  ): Promise<string> {
    const items = await this.preview(context, file, options)
    const id = uuidv7()
    await context.transaction(async (tx) => {
      const made = await tx.db.prisma.experimentImport.create({
        data: { id, source, fileName: fileName.slice(0, 200), options: checkInput(importOptions, options) },
      })
      const rows = items.map(({ plan, notes, ...item }, position) => ({
        ...{ ...item, id: uuidv7(), importId: id, position, notes: notes as unknown as object[] },
        ...(plan && { plan: plan as object }),
      }))
      for (let start = 0; start < rows.length; start += atOnce)
        await tx.db.prisma.experimentImportItem.createMany({ data: rows.slice(start, start + atOnce) })
      tx.audit({ resourceType: 'ExperimentImport', resourceId: id, after: made })
    })
    return id
  }

  /**
   * Says that an import is to be made; a job, or {@link run}, does it.
   *
   * @param start whether experiments that run there are started here
   * @throws NotFoundError, ConflictError when it was begun already
   */
  async begin(context: WorkspaceContext, id: string, start: boolean): Promise<void> {
    await context.transaction(async (tx) => {
      const [before] = await tx.db.query<{ status: string }>(
        sql`select "status" from "ExperimentImport" where "id" = ${id} for update`,
      )
      if (!before) throw new NotFoundError('import', id)
      if (before.status !== 'ready')
        throw new ConflictError({
          en: 'This import was begun already. Upload the file again: what is here is left as it is.',
          fr: 'Cet import a déjà commencé. Envoyez à nouveau le fichier : ce qui est là reste tel quel.',
        })
      await tx.db.query(sql`update "ExperimentImport" set "status" = 'running', "start" = ${start} where "id" = ${id}`)
      tx.audit({ resourceType: 'ExperimentImport', resourceId: id, after: { status: 'running', start } })
      tx.announce(importChanged, id, { importId: id })
    })
  }

  /**
   * Makes what is planned of an import that was begun, one item a transaction. One that cannot be made does not hold up the
   * others. It goes on where an earlier run ended.
   *
   * @param onItem hears how many are done, and of how many
   * @throws AbortError when the signal is aborted; the rest stays planned
   */
  async run(
    context: WorkspaceContext,
    id: string,
    { signal, onItem }: { signal?: AbortSignal; onItem?: (done: number, of: number) => void } = {},
  ): Promise<ImportCounts> {
    const [found] = await context.db.query<{ status: string; start: boolean; options: { goal: string } }>(
      sql`select "status", "start", "options" from "ExperimentImport" where "id" = ${id}`,
    )
    if (!found) throw new NotFoundError('import', id)
    if (found.status === 'done') return this.counts(context, id)
    const planned = await context.db.query<{ id: string }>(sql`
      select "id" from "ExperimentImportItem" where "importId" = ${id} and "outcome" = 'planned' order by "position"`)
    for (const [index, item] of planned.entries()) {
      signal?.throwIfAborted()
      await this.#making.make(context, item.id, found.options.goal)
      onItem?.(index + 1, planned.length)
    }
    if (found.start) await this.#making.startAll(context, id, signal)
    await context.transaction(async (tx) => {
      await tx.db.query(
        sql`update "ExperimentImport" set "status" = 'done', "finishedAt" = ${tx.clock.now()} where "id" = ${id}`,
      )
      tx.announce(importChanged, id, { importId: id })
    })
    return this.counts(context, id)
  }

  /** How many items of an import came to what. */
  async counts(context: WorkspaceContext, id: string): Promise<ImportCounts> {
    const rows = await context.db.query<{ outcome: keyof ImportCounts; count: number }>(sql`
      select "outcome", count(*)::int as "count" from "ExperimentImportItem" where "importId" = ${id} group by "outcome"`)
    const none = { planned: 0, made: 0, known: 0, included: 0, impossible: 0, failed: 0 }
    return { ...none, ...Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count])) }
  }

  /** What of an import could not be made, and why, in English. */
  async left(context: WorkspaceContext, id: string): Promise<{ kind: string; sourceId: string; notes: string[] }[]> {
    const rows = await context.db.query<{ kind: string; sourceId: string; notes: Told[] }>(sql`
      select "kind", "sourceId", "notes" from "ExperimentImportItem"
      where "importId" = ${id} and "outcome" in ('impossible', 'failed') order by "position"`)
    return rows.map(({ notes, ...item }) => ({ ...item, notes: notes.map(({ en }) => en) }))
  }

  /** What came with earlier imports: kind and id there → id here. */
  async #originsOf(context: WorkspaceContext): Promise<Map<string, string>> {
    const rows = await context.db.query<{ kind: string; sourceId: string; targetId: string }>(sql`
      select "kind", "sourceId", coalesce("experimentId", "metricId") as "targetId" from "ExperimentOrigin"
      where "source" = ${source}`)
    return new Map(rows.map(({ kind, sourceId, targetId }) => [`${kind} ${sourceId}`, targetId]))
  }

  /** Keys that belong to something else here. */
  async #takenKeys(
    context: WorkspaceContext,
    items: readonly ImportItem[],
    imported: ReadonlySet<string>,
  ): Promise<Set<string>> {
    const keys = items.flatMap(({ key }) => key ?? [])
    const rows = await context.db.query<{ makes: string; key: string; id: string }>(sql`
      select 'experiment' as "makes", "key", "id" from "Experiment" where "key" = any(${keys})
      union all select 'metric', "key", "id" from "ExperimentMetric" where "key" = any(${keys})`)
    return new Set(rows.filter(({ id }) => !imported.has(id)).map(({ makes, key }) => `${makes} ${key}`))
  }
}

/** Pages of an API may overlap: what is there twice is made once. */
function onceEach(items: readonly ImportItem[]): ImportItem[] {
  const seen = new Set<string>()
  return items.filter(({ kind, sourceId, outcome }) => {
    const id = `${kind} ${sourceId}`
    if (outcome === 'impossible') return true
    if (seen.has(id)) return false
    seen.add(id)
    return true
  })
}

/** The notes of an item as the database keeps them. */
export function notesOf(stored: JsonValue): Told[] {
  return stored as unknown as Told[]
}
