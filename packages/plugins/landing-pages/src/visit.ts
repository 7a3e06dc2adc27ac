import { type Awaitable, onceKnown, type PlainRequest, type RouteContext, type SqlContext } from '@espalier/core'
import type { Experiments, Plan, Subject } from '@espalier/experiments'
import type { Tracking, Visitor } from '@espalier/tracking'
import type { PublishedPage, PublishedVariant } from './publishedPages.ts'
import type { RememberedVariants } from './rememberedVariants.ts'
import { rolledOutTo } from './rollout/servedRollout.ts'

/** What it takes to know who asks and what they get. */
export interface VisitParts {
  readonly tracking: Tracking
  readonly experiments: Experiments
  readonly remembered: RememberedVariants
}

/** What somebody is shown. */
interface Shown {
  readonly variant: PublishedVariant
  /** What a view of it counts for: experiment id, or rollout id, → variant id. */
  readonly experiments: Readonly<Record<string, string>>
  /** Which variants their browser is to remember. */
  readonly setCookie?: string | undefined
}

/** Somebody who asks for a page. */
export interface Visit extends Shown {
  readonly visitor: Visitor
}

/** Who asks, and which variant they get: the experiment's, else the rollout's, else the first. */
export function beginVisit(
  request: PlainRequest,
  route: RouteContext,
  context: SqlContext,
  page: PublishedPage,
  parts: VisitParts,
): Awaitable<Visit> {
  return onceKnown(parts.tracking.visitorOf(request, context, route), (visitor) =>
    onceKnown(page.experimentId === null ? undefined : parts.experiments.planOf(context, page.experimentId), (plan) =>
      onceKnown(plan && shownByExperiment(plan, visitor, request, route, context, page, parts), (shown) => {
        const { variant, experiments, setCookie } = shown ?? shownByRollout(page, visitor, parts.experiments)
        return { visitor, variant, experiments, setCookie }
      }),
    ),
  )
}

/**
 * What an experiment shows a visitor; undefined where it has no say: before it starts, and after it ended without a winner.
 * While it is paused everybody gets the first variant and nothing is counted, so that it can go on as it was.
 */
function shownByExperiment(
  plan: Plan,
  visitor: Visitor,
  request: PlainRequest,
  route: RouteContext,
  context: SqlContext,
  page: PublishedPage,
  parts: VisitParts,
): Awaitable<Shown | undefined> {
  // Whoever is not counted (crawlers, people who ask not to be tracked) has no lasting id by which they could keep a
  // variant, so they see what is settled for everyone: a winner, else the first variant.
  if (plan.definition.status === 'running' && !visitor.counted) {
    if (visitor.isBot) parts.experiments.noteExcluded(context, plan.definition.id, 'bot')
    return { variant: firstOf(page), experiments: {} }
  }
  const { visitorId: id } = visitor
  const subject = plan.asksAttributes
    ? onceKnown(attributesOf(request, route, context, page, parts.tracking), (attributes) => ({ id, attributes }))
    : { id }
  return onceKnown(subject, (known: Subject) => decided(plan, visitor, known, request, context, page, parts))
}

function decided(
  plan: Plan,
  visitor: Visitor,
  subject: Subject,
  request: PlainRequest,
  context: SqlContext,
  page: PublishedPage,
  { experiments, remembered }: VisitParts,
): Shown | undefined {
  const { id, status } = plan.definition
  const at = context.clock.now().getTime()
  const { visitorId, kept, counted } = visitor
  const { workspaceId } = context
  const { address } = page
  const { decision, setCookie } = kept
    ? remembered.decide(plan, subject, request, at, { workspaceId, visitorId, address })
    : { decision: plan.decide(subject, at), setCookie: counted ? remembered.forget(request, address) : undefined }
  const { reason, variantKey, exposures } = decision
  if (reason === 'not-running' && status !== 'paused') return undefined
  if (reason === 'forced' && status === 'running') experiments.noteExcluded(context, id, 'forced')
  if (variantKey === null) return { variant: firstOf(page), experiments: exposures, setCookie }
  const variant = page.variants.find(({ key }) => key === variantKey)
  // What the page does not have cannot be shown, and what was not shown is not counted.
  return variant ? { variant, experiments: exposures, setCookie } : { variant: firstOf(page), experiments: {} }
}

function shownByRollout(page: PublishedPage, { counted, visitorId }: Visitor, experiments: Experiments): Shown {
  const rollout = counted || !page.rollout?.running ? page.rollout : undefined
  const key = rolledOutTo(rollout, visitorId, experiments)
  const variant = page.variants.find((candidate) => candidate.key === key) ?? firstOf(page)
  return { variant, experiments: rollout?.running ? { [rollout.id]: variant.id } : {} }
}

/** What conditions can ask about, under the names of events and of what the script for pages of others says. */
function attributesOf(
  request: PlainRequest,
  route: RouteContext,
  context: SqlContext,
  page: PublishedPage,
  tracking: Tracking,
): Awaitable<NonNullable<Subject['attributes']>> {
  const query = request.url.indexOf('?')
  const url = query < 0 ? page.address : page.address + request.url.slice(query)
  const language = languageOf(request.headers.get('accept-language'))
  return onceKnown(tracking.sourceOf(request, context, url, route), (source) => ({ ...source, url, language }))
}

/** The language that a browser prefers, as `navigator.language` says it: "fr-CA" of "fr-CA,fr;q=0.9". */
function languageOf(accepted: string | null): string | null {
  return /^\s*([a-z]{2,8}(?:-[a-z0-9]{1,8})*)\s*(?:[,;]|$)/i.exec(accepted ?? '')?.[1] ?? null
}

function firstOf(page: PublishedPage): PublishedVariant {
  const [variant] = page.variants
  if (!variant) throw new Error(`Page ${page.id} was published without a variant.`)
  return variant
}
