import {
  ConflictError,
  checkInput,
  InvalidInputError,
  NotFoundError,
  refuseSavedMeanwhile,
  type SqlContext,
  sql,
  type Told,
  type WorkspaceContext,
} from '@espalier/core'
import { v7 as uuidv7 } from 'uuid'
import type { z } from 'zod'
import type { Metric } from './metric.ts'
import { type MetricChange, type MetricInput, metricChange, metricInput } from './metricInput.ts'

/** Metrics of a workspace: defined once, used by any of its experiments. */
export class Metrics {
  /** @throws NotFoundError */
  async get(context: WorkspaceContext, id: string): Promise<Metric> {
    const metric = await context.db.prisma.experimentMetric.findFirst({ where: { id } })
    if (!metric) throw new NotFoundError('metric', id)
    return metric
  }

  /** @throws InvalidInputError, NotFoundError for a part of a ratio, ConflictError when the key is taken */
  async create(context: WorkspaceContext, input: MetricInput): Promise<Metric> {
    const metric = checkInput(metricInput, input)
    return context.transaction(async (tx) => {
      await refuseTakenKey(tx, metric.key)
      await this.#checkParts(tx, metric)
      return this.#insert(tx, metric)
    })
  }

  /**
   * Changes a metric. Once an experiment that is judged by it has started, only its name and description: its past
   * was counted as it was.
   *
   * @param expectedVersion refused where somebody has saved the metric since; without it the last one wins
   * @throws InvalidInputError, NotFoundError, ConflictError when it is in use, the key is taken, or somebody saved first
   */
  async update(
    context: WorkspaceContext,
    id: string,
    change: MetricChange,
    expectedVersion?: number | null,
  ): Promise<Metric> {
    const fields = checkInput(metricChange, change)
    return context.transaction(async (tx) => {
      await lock(tx, id)
      const before = await this.get(tx, id)
      const what = `metric "${before.name}"`
      const edited = { what, resourceType: 'ExperimentMetric', resourceId: id, version: before.version }
      await refuseSavedMeanwhile(tx, edited, expectedVersion)
      const { name, description, ...counting } = fields
      const changed = Object.entries(counting).filter(([field, value]) => !same(value, before[field as keyof Metric]))
      if (changed.length > 0)
        await this.#refuseInUse(
          tx,
          before,
          changed.map(([field]) => field),
        )
      if (fields.key && fields.key !== before.key) await refuseTakenKey(tx, fields.key)
      // The whole of it again: whether a field has a meaning depends on the others.
      checkInput(metricInput, { ...inputOf(before), ...fields } as MetricInput)
      const { filter, ...columns } = fields
      // JSON, for which Prisma takes no plain null.
      if (filter !== undefined)
        await tx.db.query(sql`
          update "ExperimentMetric" set "filter" = ${filter === null ? null : JSON.stringify(filter)}::jsonb where "id" = ${id}`)
      const after = await tx.db.prisma.experimentMetric.update({
        where: { workspaceId_id: { workspaceId: tx.workspaceId, id } },
        data: { ...(columns as object), version: { increment: 1 } },
      })
      tx.audit({ resourceType: 'ExperimentMetric', resourceId: id, before, after })
      return after
    })
  }

  /** Puts a metric away: experiments that have it go on, others cannot take it. @throws NotFoundError */
  async archive(context: WorkspaceContext, id: string): Promise<Metric> {
    return this.#setArchived(context, id, true)
  }

  /** Takes an archived metric back. @throws NotFoundError */
  async restore(context: WorkspaceContext, id: string): Promise<Metric> {
    return this.#setArchived(context, id, false)
  }

  /**
   * The metric that is meant where only an event is named: did the subject do it at least once, within the
   * workspace's window? Found, or made.
   */
  async ensureFor(context: WorkspaceContext, event: string): Promise<Metric> {
    return context.transaction(async (tx) => {
      await takeTurn(tx, `conversion of ${event}`)
      const known = await tx.db.prisma.experimentMetric.findMany({
        where: { kind: 'conversion', event, windowHours: null, archivedAt: null },
        orderBy: { id: 'asc' },
      })
      const plain = known.find(({ filter, higherIsBetter }) => filter === null && higherIsBetter)
      if (plain) return plain
      const key = await freeKey(tx, event)
      return this.#insert(tx, checkInput(metricInput, { key, name: event, kind: 'conversion', event }))
    })
  }

  async #insert(tx: WorkspaceContext, { filter, ...columns }: z.output<typeof metricInput>): Promise<Metric> {
    const id = uuidv7()
    const made = await tx.db.prisma.experimentMetric.create({
      data: { ...columns, id, ...(filter !== null && { filter: filter as object }) },
    })
    tx.audit({ resourceType: 'ExperimentMetric', resourceId: id, after: made })
    return made
  }

  async #setArchived(context: WorkspaceContext, id: string, archived: boolean): Promise<Metric> {
    return context.transaction(async (tx) => {
      await lock(tx, id)
      const before = await this.get(tx, id)
      if ((before.archivedAt !== null) === archived) return before
      const after = await tx.db.prisma.experimentMetric.update({
        where: { workspaceId_id: { workspaceId: tx.workspaceId, id } },
        data: { archivedAt: archived ? tx.clock.now() : null },
      })
      tx.audit({ resourceType: 'ExperimentMetric', resourceId: id, before, after })
      return after
    })
  }

  /** What is above and below the line of a ratio are metrics of the workspace, and no ratios. */
  async #checkParts(
    tx: WorkspaceContext,
    metric: Pick<Metric, 'kind' | 'numeratorId' | 'denominatorId'>,
  ): Promise<void> {
    if (metric.kind !== 'ratio') return
    for (const field of ['numeratorId', 'denominatorId'] as const) {
      const part = await this.get(tx, metric[field] as string)
      const refuse = (code: string, { en, fr }: Told) => {
        throw InvalidInputError.of(`input.${field}`, code, { en: `"${part.key}" ${en}`, fr: `« ${part.key} » ${fr}` })
      }
      if (part.kind === 'ratio')
        refuse('RATIO_OF_RATIO', {
          en: 'is a ratio itself. Take a metric of another kind.',
          fr: 'est elle-même un rapport. Prenez une métrique d’un autre type.',
        })
      if (part.archivedAt)
        refuse('ARCHIVED', {
          en: 'is archived. Restore it, or take another.',
          fr: 'est archivée. Restaurez-la, ou prenez-en une autre.',
        })
      if (part.capPercentile !== null)
        refuse('CAP_PERCENTILE', {
          en: 'is capped at a percentile. Within a ratio give it a fixed cap, or none.',
          fr: 'est plafonnée à un centile. Dans un rapport, donnez-lui un plafond fixe, ou aucun.',
        })
    }
  }

  async #refuseInUse(tx: WorkspaceContext, metric: Metric, fields: readonly string[]): Promise<void> {
    const used = await tx.db.query<{ name: string }>(sql`
      select e."name" from "ExperimentGoal" g
        join "ExperimentMetric" m on m."workspaceId" = g."workspaceId" and m."id" = g."metricId"
        join "Experiment" e on e."workspaceId" = g."workspaceId" and e."id" = g."experimentId"
      where e."startedAt" is not null and ${metric.id}::uuid in (m."id", m."numeratorId", m."denominatorId")
      order by e."startedAt" limit 1`)
    const [experiment] = used
    if (experiment)
      throw new ConflictError({
        en: `The metric "${metric.name}" counts for "${experiment.name}", which has started: its ${fields.join(', ')} cannot change, because what was counted would mean something else. Make a new metric; name and description can be changed here.`,
        fr: `La métrique « ${metric.name} » sert à « ${experiment.name} », qui a démarré : ${fields.join(', ')} ne peut plus changer, car ce qui a été compté voudrait dire autre chose. Créez une métrique ; le nom et la description peuvent changer ici.`,
      })
  }
}

function inputOf(metric: Metric): object {
  const { workspaceId, id, createdAt, updatedAt, archivedAt, version, ...input } = metric
  return input
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** The metric as it is, held until the transaction ends. */
async function lock(tx: SqlContext, id: string): Promise<void> {
  await tx.db.query(sql`select 1 from "ExperimentMetric" where "id" = ${id} for update`)
}

/** Held to the end of the transaction: of two who do the same at once the second sees what the first did. */
async function takeTurn(tx: SqlContext, what: string): Promise<void> {
  await tx.db.query(sql`select pg_advisory_xact_lock(hashtextextended(${`metric ${tx.workspaceId} ${what}`}, 0))`)
}

async function refuseTakenKey(tx: SqlContext, key: string): Promise<void> {
  await takeTurn(tx, key)
  const taken = await tx.db.query(sql`select 1 from "ExperimentMetric" where "key" = ${key}`)
  if (taken.length > 0)
    throw new ConflictError({
      en: `The key "${key}" belongs to another metric of this workspace. Choose another key.`,
      fr: `La clé « ${key} » appartient à une autre métrique de cet espace. Choisissez-en une autre.`,
    })
}

/** The event's name as a key, with a number where that is taken. */
async function freeKey(tx: SqlContext, event: string): Promise<string> {
  const slug = event
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 50)
    .replace(/-$/, '')
  const base = slug || 'goal'
  await takeTurn(tx, 'free keys')
  const rows = await tx.db.query<{ key: string }>(
    sql`select "key" from "ExperimentMetric" where "key" = ${base} or "key" like ${`${base}-%`}`,
  )
  const taken = new Set(rows.map(({ key }) => key))
  let key = base
  for (let nth = 2; taken.has(key); nth++) key = `${base}-${nth}`
  return key
}
