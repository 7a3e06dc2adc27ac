import type { TrackedEvent } from '@espalier/tracking'
import { type CountedExperiment, phaseAt, predictedVariant } from './countedExperiment.ts'
import type { Counted } from './countedExperiments.ts'
import { type ExposureClaim, slicesOf } from './exposure.ts'

/**
 * The event by which a page that this server did not render says which variant somebody saw, as GrowthBook's users name
 * it. Its properties `experiment` and `variant` are keys. Anybody can send it, so it counts only where the hash agrees.
 */
export const viewedEvent = 'experiment_viewed'

/** Ids and keys of experiments that events name. */
export function namedIn(events: readonly TrackedEvent[]): Set<string> {
  const named = new Set<string>()
  for (const event of events) {
    if (event.experiments) for (const id of Object.keys(event.experiments)) named.add(id)
    const viewed = viewedIn(event)
    if (viewed) named.add(viewed.experiment)
  }
  return named
}

/**
 * The exposures that tracked events claim. Those in `experiments` are the server's own word: it rendered the page and
 * signed what it showed, or recorded the event itself. They count as they are, also where the hash says otherwise
 * now: whoever was moved shows in the health of the experiment. Those of {@link viewedEvent} are a browser's.
 */
export function claimsIn(events: readonly TrackedEvent[], { running, idOfKey }: Counted): ExposureClaim[] {
  const claims: ExposureClaim[] = []
  for (const event of events) {
    const { visitorId: subject, at } = event
    for (const [experimentId, variantId] of Object.entries(event.experiments ?? {}))
      if (running.get(experimentId)?.variants.has(variantId))
        claims.push({ experimentId, subject, variantId, at, ...slicesOf(event) })
    const viewed = viewedIn(event)
    const experiment = viewed && running.get(idOfKey.get(viewed.experiment) ?? '')
    if (!viewed || !experiment) continue
    const variantId = variantOfKey(experiment, viewed.variant)
    if (variantId && isAssigned(experiment, variantId, subject, at))
      claims.push({ experimentId: experiment.id, subject, variantId, at, ...slicesOf(event) })
  }
  return claims
}

/**
 * Whether the hash gives a subject the variant, now or in a phase before: somebody may have kept the variant of
 * when they came.
 */
export function isAssigned(experiment: CountedExperiment, variantId: string, subject: string, at: Date): boolean {
  const { number } = phaseAt(experiment, at)
  return experiment.phases.some(
    (phase) => phase.number <= number && predictedVariant(experiment, phase, subject) === variantId,
  )
}

export function variantOfKey({ variants }: CountedExperiment, key: string): string | undefined {
  for (const [id, variantKey] of variants) if (variantKey === key) return id
  return undefined
}

function viewedIn({ name, properties }: TrackedEvent): { experiment: string; variant: string } | undefined {
  if (name !== viewedEvent) return undefined
  const { experiment, variant } = properties ?? {}
  return typeof experiment === 'string' && typeof variant === 'string' ? { experiment, variant } : undefined
}
