import {
  byteOrderMark,
  type Cell,
  csvLines,
  type Delimiter,
  ExportLinks,
  InvalidInputError,
  NotFoundError,
  type SqlContext,
  type Statement,
  sql,
} from '@espalier/core'
import { z } from 'zod'

/** What is to be exported. */
export interface ExportChoice {
  /** Of this page alone. */
  readonly pageId?: string | undefined
  /** Sent at this instant or later. */
  readonly from?: Date | undefined
  /** Sent before this instant. */
  readonly until?: Date | undefined
  readonly status?: 'received' | 'spam' | undefined
  readonly delimiter: Delimiter
}

export interface ExportLink {
  readonly url: string
  readonly expiresAt: Date
  /** How many submissions the file has. */
  readonly count: number
}

/** Rows in memory at a time. */
const batch = 500

const exportFacts = z.object({
  /** Page; null for all. */
  p: z.string().nullable(),
  /** Sent at or after, and before; milliseconds since 1970. */
  f: z.number(),
  u: z.number(),
  /** Status; null for all. */
  s: z.enum(['received', 'spam']).nullable(),
  d: z.enum([',', ';']),
})

type ExportFacts = z.output<typeof exportFacts>

/**
 * What visitors sent, as CSV. Asking for it gives an address, which the audit trail records; the file is for whoever asked,
 * signed in as they were then.
 */
export class SubmissionExport {
  readonly #links: ExportLinks<ExportFacts>

  /** @param publicUrl where browsers reach this installation */
  constructor(publicUrl: string, secret: Buffer) {
    this.#links = new ExportLinks(`${publicUrl}/submissions/`, secret, exportFacts)
  }

  /** @throws NotFoundError for a page of nobody's, InvalidInputError for a span that ends before it begins */
  async link(context: SqlContext, { pageId, from, until, status, delimiter }: ExportChoice): Promise<ExportLink> {
    if (from && until && from >= until)
      throw InvalidInputError.of('until', 'OUT_OF_RANGE', {
        en: `${until.toISOString()} is not after from, ${from.toISOString()}. Nothing was sent between them.`,
        fr: `${until.toISOString()} n’est pas après le début, ${from.toISOString()}. Rien n’a été envoyé entre les deux.`,
      })
    if (pageId && (await context.db.query(sql`select 1 from "Page" where "id" = ${pageId}`)).length === 0)
      throw new NotFoundError('page', pageId)
    const now = context.clock.now().getTime()
    const facts: ExportFacts = {
      p: pageId ?? null,
      f: from?.getTime() ?? 0,
      // What comes while it is read stays out.
      u: Math.min(until?.getTime() ?? now, now),
      s: status ?? null,
      d: delimiter,
    }
    return { ...this.#links.give(context, facts), count: await countOf(context, facts) }
  }

  /**
   * The lines of the file, read from the database as they are taken.
   *
   * @throws NotFoundError for an address that was not given out, ConflictError for one that has expired or is of another
   *   workspace, ForbiddenError for somebody else's
   */
  async read(context: SqlContext, token: string): Promise<AsyncIterable<string>> {
    const facts = this.#links.read(context, token)
    const fields = await fieldsOf(context, facts)
    return lines(context, facts, fields)
  }
}

async function* lines(context: SqlContext, facts: ExportFacts, fields: readonly string[]): AsyncIterable<string> {
  // Fields are named in lower case, so these are never taken for one.
  const heading = ['Id', 'Received', 'Page', 'Variant', 'Form', 'Status', 'Spam reason', 'Visitor', ...fields]
  yield byteOrderMark + csvLines([heading], facts.d)
  let last: ExportedRow | undefined
  do {
    const rows: ExportedRow[] = await rowsAfter(context, facts, last)
    if (rows.length > 0)
      yield csvLines(
        rows.map((row) => cellsOf(row, fields)),
        facts.d,
      )
    last = rows.length === batch ? rows.at(-1) : undefined
  } while (last)
}

interface ExportedRow {
  readonly id: string
  readonly createdAt: Date
  readonly slug: string
  readonly variantKey: string
  readonly form: string
  readonly status: string
  readonly spamReason: string | null
  readonly visitorId: string | null
  readonly values: Readonly<Record<string, string | number | boolean>>
}

function cellsOf(row: ExportedRow, fields: readonly string[]): Cell[] {
  const { id, createdAt, slug, variantKey, form, status, spamReason, visitorId, values } = row
  return [
    id,
    createdAt,
    slug,
    variantKey,
    form,
    status,
    spamReason,
    visitorId,
    ...fields.map((field) => (Object.hasOwn(values, field) ? (values[field] ?? null) : null)),
  ]
}

/** Every field that one of them has: they are of several forms, and forms change. */
async function fieldsOf(context: SqlContext, facts: ExportFacts): Promise<string[]> {
  const rows = await context.db.query<{ name: string }>(
    chosen(facts, (where) => `select distinct jsonb_object_keys(s."values") as "name" ${where} order by 1`),
  )
  return rows.map(({ name }) => name)
}

async function countOf(context: SqlContext, facts: ExportFacts): Promise<number> {
  const [row] = await context.db.query<{ count: number }>(
    chosen(facts, (where) => `select count(*)::int as "count" ${where}`),
  )
  return row?.count ?? 0
}

/**
 * The next ones in the order in which they came. They are picked before their pages are looked up: along the key of their time,
 * so that a reading costs the same at the end of a long file as at its beginning.
 */
function rowsAfter(context: SqlContext, facts: ExportFacts, last: ExportedRow | undefined): Promise<ExportedRow[]> {
  return context.db.query<ExportedRow>(
    chosen(
      facts,
      (where) => `
        select s."id", s."createdAt", p."slug", s."variantKey", s."form", s."status", s."spamReason", s."visitorId", s."values"
        from (
          select s.* ${where} and (s."createdAt", s."id") > ($5::timestamptz, $6::uuid)
          order by s."createdAt", s."id" limit ${batch}
        ) s join "Page" p on p."workspaceId" = s."workspaceId" and p."id" = s."pageId"
        order by s."createdAt", s."id"`,
      [last?.createdAt ?? new Date(0), last?.id ?? '00000000-0000-0000-0000-000000000000'],
    ),
  )
}

/** A statement on the submissions that were chosen, `s`. Its further values begin at `$5`. */
function chosen(
  { p, f, u, s }: ExportFacts,
  select: (where: string) => string,
  further: readonly unknown[] = [],
): Statement {
  const where = `
    from "FormSubmission" s
    where ($1::uuid is null or s."pageId" = $1) and s."createdAt" >= $2 and s."createdAt" < $3
      and ($4::"FormSubmissionStatus" is null or s."status" = $4)`
  return { text: select(where), values: [p, new Date(f), new Date(u), s, ...further] }
}
