import { z } from 'zod'
import type { WorkspaceContext } from '../context.ts'
import { byteOrderMark, type Cell, csvLines, type Delimiter } from '../exports/csv.ts'
import { csvDownload } from '../exports/csvDownload.ts'
import { ExportLinks } from '../exports/exportLinks.ts'
import { get } from '../http/route.ts'
import type { AuditMasks } from './auditMasks.ts'
import { derivedKey } from './derivedKey.ts'

const facts = z.object({
  /** Conditions as Prisma reads them. */
  where: z.array(z.record(z.string(), z.json())),
  /** Written before this; milliseconds since 1970. */
  until: z.number(),
  delimiter: z.enum([',', ';']),
})

/** Rows in memory at a time. */
const batch = 500

const columns = [
  'id',
  'at',
  'actorType',
  'actorName',
  'actorId',
  'action',
  'resourceType',
  'resourceId',
  'ipAddress',
  'userAgent',
  'traceId',
  'before',
  'after',
] as const

/** The audit trail as CSV: asking for it gives an address, and the asking is itself recorded. */
export class AuditExport {
  readonly #links: ExportLinks<z.output<typeof facts>>
  readonly #masks: AuditMasks

  /** @param publicUrl where browsers reach this installation */
  constructor(publicUrl: string, secret: Uint8Array, masks: AuditMasks) {
    this.#masks = masks
    this.#links = new ExportLinks(`${publicUrl}/exports/audit/`, derivedKey(secret, 'audit-export'), facts)
  }

  /** @param where which entries, as Prisma reads conditions */
  async link(
    context: WorkspaceContext,
    where: readonly object[],
    delimiter: Delimiter,
  ): Promise<{ url: string; expiresAt: Date; count: number }> {
    const until = context.clock.now()
    const conditions = JSON.parse(JSON.stringify(where)) as z.output<typeof facts>['where']
    const count = await context.db.prisma.auditEntry.count({ where: { AND: [...where, { at: { lt: until } }] } })
    return { ...this.#links.give(context, { where: conditions, until: until.getTime(), delimiter }), count }
  }

  /** The lines of the file, the oldest entry first, read from the database as they are taken. @throws as {@link ExportLinks.read} */
  read(context: WorkspaceContext, token: string): AsyncIterable<string> {
    return lines(context, this.#masks, this.#links.read(context, token))
  }
}

/** Gives the file to whoever asked for it. */
export const auditExportRoute = get<AuditExport>(
  '/exports/audit/:token',
  { access: 'audit:read' },
  async (_request, { workspace, params, clock }, exports) => {
    if (!workspace) throw new Error('A route with a permission has a workspace.')
    const name = `audit-trail-${clock.now().toISOString().slice(0, 10)}.csv`
    return csvDownload(exports.read(workspace, params.token ?? ''), name)
  },
)

async function* lines(
  { db, principal }: WorkspaceContext,
  masks: AuditMasks,
  { where, until, delimiter }: z.output<typeof facts>,
): AsyncIterable<string> {
  yield byteOrderMark + csvLines([columns], delimiter)
  let last: { at: Date; id: string } | undefined
  do {
    const after = last && { OR: [{ at: { gt: last.at } }, { at: last.at, id: { gt: last.id } }] }
    const rows = await db.prisma.auditEntry.findMany({
      where: { AND: [...where, { at: { lt: new Date(until) } }, ...(after ? [after] : [])] },
      orderBy: [{ at: 'asc' }, { id: 'asc' }],
      take: batch,
    })
    if (rows.length > 0)
      yield csvLines(
        rows.map((row) => {
          const seen = (kept: unknown) => masks.seenBy(principal, row.resourceType, kept)
          const shown = { ...row, before: seen(row.before), after: seen(row.after) }
          return columns.map((column) => cell(shown[column]))
        }),
        delimiter,
      )
    last = rows.length === batch ? rows.at(-1) : undefined
  } while (last)
}

function cell(value: unknown): Cell {
  if (value === null || value === undefined) return null
  return typeof value === 'string' || value instanceof Date ? value : JSON.stringify(value)
}
