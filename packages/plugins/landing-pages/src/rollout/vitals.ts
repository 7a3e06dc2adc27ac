import { prepared, type SqlContext, sql } from '@espalier/core'
import { bucketOf, quantile, type TrackedEvent } from '@espalier/tracking'

/** Core Web Vitals. */
export type Vital = 'lcp' | 'inp' | 'cls'

/** The 75th percentile of what browsers measured; null without a value. Milliseconds; of `cls`, no unit. */
export interface VitalFigures {
  readonly vital: Vital
  readonly p75: number | null
  readonly samples: number
}

/** Fewer values than this on a side say nothing about it. */
export const minSamples = 100

/** The 75th percentile is good up to the first and poor above the second: https://web.dev/articles/defining-core-web-vitals-thresholds. */
const bounds: Record<Vital, { readonly good: number; readonly poor: number }> = {
  lcp: { good: 2_500, poor: 4_000 },
  inp: { good: 200, poor: 500 },
  cls: { good: 0.1, poor: 0.25 },
}

/** Vitals that are good on one side and poor on the other, in words. */
export function turnedPoor(baseline: readonly VitalFigures[], candidate: readonly VitalFigures[]): string[] {
  return candidate.flatMap((now) => {
    const before = baseline.find(({ vital }) => vital === now.vital)
    if (!before || now.p75 === null || before.p75 === null) return []
    if (now.samples < minSamples || before.samples < minSamples) return []
    const { good, poor } = bounds[now.vital]
    if (before.p75 > good || now.p75 <= poor) return []
    return [
      `${names[now.vital]} has turned from good to poor: ${written(now)} at the 75th percentile of ${now.samples} views, against ${written({ ...before, vital: now.vital })} before`,
    ]
  })
}

const names: Record<Vital, string> = {
  lcp: 'Largest Contentful Paint',
  inp: 'Interaction to Next Paint',
  cls: 'Cumulative Layout Shift',
}

function written({ vital, p75 }: VitalFigures): string {
  if (p75 === null) return 'nothing'
  return vital === 'cls' ? p75.toFixed(2) : `${Math.round(p75).toLocaleString('en')} ms`
}

/** Layout shift has no unit and is mostly below 1, where buckets end: it is kept in ten-thousandths. */
const unit: Record<Vital, number> = { lcp: 1, inp: 1, cls: 1 / 10_000 }

/**
 * Adds what browsers measured to the rollouts that the pages were shown under, in the transaction that logs the events.
 * Of the page that was measured, whichever side its visitor met first.
 */
export async function countRolloutVitals(tx: SqlContext, events: readonly TrackedEvent[]): Promise<void> {
  const columns = vitalColumns(events)
  if (columns) await tx.db.query(addVitals(...columns))
}

/**
 * What browsers measured, by what their pages were shown under, each once: the experiments or rollouts, the variants, the vitals,
 * the buckets and how often. Undefined without any.
 */
export function vitalColumns(events: readonly TrackedEvent[]) {
  const counts = new Map<string, { under: string; variantId: string; vital: Vital; bucket: number; count: number }>()
  for (const { experiments, metrics } of events)
    for (const [vital, value] of measured(metrics))
      for (const [under, variantId] of Object.entries(experiments ?? {})) {
        const bucket = bucketOf(value / unit[vital])
        const key = `${under} ${variantId} ${vital} ${bucket}`
        const known = counts.get(key)
        if (known) known.count += 1
        else counts.set(key, { under, variantId, vital, bucket, count: 1 })
      }
  if (counts.size === 0) return undefined
  const rows = [...counts.values()]
  return [
    rows.map(({ under }) => under),
    rows.map(({ variantId }) => variantId),
    rows.map(({ vital }) => vital),
    rows.map(({ bucket }) => bucket),
    rows.map(({ count }) => count),
  ] as const
}

function measured(metrics: TrackedEvent['metrics']): [Vital, number][] {
  const { lcpMs, inpMs, cls } = metrics ?? {}
  const values: [Vital, number | undefined][] = [
    ['lcp', lcpMs],
    ['inp', inpMs],
    ['cls', cls],
  ]
  return values.filter((entry): entry is [Vital, number] => entry[1] !== undefined)
}

/** What was measured on a side of a rollout so far, in the order of the standard. */
export async function readVitals(context: SqlContext, rolloutId: string, candidate: boolean): Promise<VitalFigures[]> {
  const rows = await context.db.query<{ metric: Vital; bucket: number; count: number }>(sql`
    select "metric", "bucket", "count" from "PageRolloutVital"
    where "rolloutId" = ${rolloutId} and "candidate" = ${candidate} order by "metric", "bucket"`)
  return vitalFigures(rows)
}

/** The vitals of counts by bucket, lower buckets first, in the order of the standard. */
export function vitalFigures(
  rows: readonly { readonly metric: Vital; readonly bucket: number; readonly count: number }[],
): VitalFigures[] {
  return (['lcp', 'inp', 'cls'] as const).map((vital) => {
    const counts = rows.filter(({ metric }) => metric === vital)
    const p75 = quantile(counts, 0.75)
    return {
      vital,
      p75: p75 === null ? null : p75 * unit[vital],
      samples: counts.reduce((sum, { count }) => sum + count, 0),
    }
  })
}

// In the order of the key, so that two batches never wait for each other in a circle.
const addVitals = prepared(
  'landing_pages_add_rollout_vitals',
  `insert into "PageRolloutVital" as total ("rolloutId", "candidate", "metric", "bucket", "count")
   select t."rolloutId", v."key" = r."variantKey", t."metric", t."bucket", sum(t."count")::int
   from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::int[])
     as t ("rolloutId", "variantId", "metric", "bucket", "count")
   join "PageRollout" r on r."id" = t."rolloutId" and r."status" = 'running'
   join "PageVariant" v on v."pageId" = r."pageId" and v."id" = t."variantId"
   where r."workspaceId" = current_workspace() and v."workspaceId" = current_workspace()
   group by 1, 2, 3, 4 order by 1, 2, 3, 4
   on conflict ("workspaceId", "rolloutId", "candidate", "metric", "bucket")
   do update set "count" = total."count" + excluded."count"`,
)
