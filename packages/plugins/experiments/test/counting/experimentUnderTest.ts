import { sql, type WorkspaceContext } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import tracking, { type ServerEvent } from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import experiments from '../../src/index.ts'
import type { MetricInput } from '../../src/metrics/metricInput.ts'

export const hourMs = 3600_000
export const dayMs = 24 * hourMs

/** Running experiments on a kernel of this file's own, and whoever takes part in them. */
export async function experimentsUnderTest() {
  const served = await servedKernel([tracking, experiments])
  const { kernel } = served
  const service = kernel.service(experiments)
  const tracker = kernel.service(tracking)

  /** A running experiment in a workspace, a new one unless it is given. */
  async function start(
    metrics: readonly Omit<MetricInput, 'key' | 'name'>[],
    options: {
      workspaceId?: string
      timeZone?: string
      rules?: object
      weights?: readonly [number, number]
      coverage?: number
    } = {},
  ) {
    const workspaceId = options.workspaceId ?? (await served.createWorkspace())
    const context = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' })
    const { timeZone, rules = {}, weights = [1, 1], coverage = 1 } = options
    if (timeZone) await context.transaction((tx) => kernel.settings.update(tx, 'tracking', { timeZone }))
    const ids: string[] = []
    for (const metric of metrics) {
      const key = `m-${uuidv7()}`
      ids.push((await service.metrics.create(context, { ...metric, key, name: key } as MetricInput)).id)
    }
    const draft = await service.create(context, {
      key: `e-${uuidv7()}`,
      name: 'Headline',
      goals: ids.map((metricId) => ({ metricId })),
      ...(ids.length === 0 && { goal: 'signup' }),
      variants: [
        { key: 'control', name: 'Control', weight: weights[0] },
        { key: 'bold', name: 'Bold', weight: weights[1] },
      ],
      coverage,
      rules,
    })
    const experiment = await service.start(context, draft.id)
    const site = await tracker.sites.ensure(context, 'Test')
    const [control, bold] = experiment.variants.map(({ id }) => id) as [string, string]
    const { id } = experiment

    const record = (...events: Partial<ServerEvent>[]) =>
      tracker.record(
        context,
        events.map((event) => ({ siteId: site.id, visitorId: uuidv7(), name: 'pageview', ...event })),
      )
    return {
      id,
      key: experiment.key,
      context,
      site,
      control,
      bold,
      metricIds: experiment.goals.map(({ metric }) => metric.id),
      /** Events as the tracker or the server reports them; a commit of their own, or of whatever comes with them. */
      record,
      /** The visitor's tracker confirms that the variant was seen. */
      see: (visitorId: string, variantId: string, at = new Date(), more: Partial<ServerEvent> = {}) =>
        record({ visitorId, at, experiments: { [id]: variantId }, ...more }),
      /** Subjects exposed, by variant. */
      exposures: async () => {
        const rows = await totalsOf(context, id)
        const count = (variantId: string) =>
          rows
            .filter((row) => row.metricId === nobody && row.variantId === variantId)
            .reduce((sum, row) => sum + row.subjects, 0)
        return { control: count(control), bold: count(bold) }
      },
      /** Everything that was counted of a metric, all variants and days together. */
      sums: async (index = 0) => {
        const rows = (await totalsOf(context, id)).filter(
          ({ metricId }) => metricId === experiment.goals[index]?.metric.id,
        )
        const sum = (name: 'subjects' | 'sum' | 'sumOfSquares' | 'otherSum' | 'otherSumOfSquares' | 'sumOfProducts') =>
          rows.reduce((total, row) => total + row[name], 0)
        return {
          subjects: sum('subjects'),
          sum: sum('sum'),
          sumOfSquares: sum('sumOfSquares'),
          otherSum: sum('otherSum'),
          otherSumOfSquares: sum('otherSumOfSquares'),
          sumOfProducts: sum('sumOfProducts'),
        }
      },
      /** What was counted in all, by day: exposures and the first metric. */
      byDay: async () => {
        const rows = await totalsOf(context, id)
        const days = [...new Set(rows.map(({ day }) => day))].sort()
        return days.map((day) => {
          const ofDay = rows.filter((row) => row.day === day)
          const exposures = ofDay
            .filter(({ metricId }) => metricId === nobody)
            .reduce((sum, row) => sum + row.subjects, 0)
          const sum = ofDay
            .filter(({ metricId }) => metricId === experiment.goals[0]?.metric.id)
            .reduce((total, row) => total + row.sum, 0)
          return [day, exposures, sum] as const
        })
      },
      recorded: () =>
        context.db.query<{ phase: number; predictedId: string; recordedId: string; subjects: number }>(sql`
          select "phase", "predictedId", "recordedId", "subjects" from "ExperimentRecorded" where "experimentId" = ${id} and "subjects" <> 0
          order by 1, 2, 3`),
      health: async () => {
        const rows = await context.db.query<{ name: string; count: number }>(
          sql`select "name", sum("count")::int as "count" from "ExperimentHealth" where "experimentId" = ${id} group by 1 order by 1`,
        )
        return Object.fromEntries(rows.map(({ name, count }) => [name, count]))
      },
      /** Some subject that the hash gives the variant. */
      somebodyIn: async (variantId: string | null) => {
        for (;;) {
          const subject = uuidv7()
          const assigned = await service.assign(context, id, subject)
          if ((assigned?.variantId ?? null) === variantId) return subject
        }
      },
    }
  }

  return { ...served, service, tracker, start }
}

/** The metric of exposures, and the variant of nobody. */
export const nobody = '00000000-0000-0000-0000-000000000000'

export interface TotalRow {
  metricId: string
  variantId: string
  phase: number
  dimension: string
  value: string
  day: string
  subjects: number
  sum: number
  sumOfSquares: number
  otherSum: number
  otherSumOfSquares: number
  sumOfProducts: number
}

/** Rows of all, or of every slice as well. */
export function totalsOf(context: WorkspaceContext, id: string, sliced = false): Promise<TotalRow[]> {
  return context.db.query<TotalRow>(sql`
    select "metricId", "variantId", "phase", "dimension", "value", "day"::text, "subjects", "sum", "sumOfSquares", "otherSum",
      "otherSumOfSquares", "sumOfProducts"
    from "ExperimentTotal" where "experimentId" = ${id} and ("dimension" = '' or ${sliced})`)
}
