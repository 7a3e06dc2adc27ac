/**
 * Experiments on pages that others serve. It comes after the tracker, with the experiments that such pages may decide
 * about inside it, and decides as the server does: with the same code.
 *
 *   <script defer src="https://…/t.js" data-site="KEY"></script>
 *   <script defer src="https://…/experiments/KEY.js"></script>
 *
 * `espalier.variant('headline')` is the key of this visitor's variant, or null for whoever takes part in nothing;
 * `espalier.value('headline')` what the variant is worth. Who asks is about to show it: the tracker reports it then, once
 * for each page. Nothing is kept but variants, in localStorage beside the tracker's visitor, and nothing without one.
 */
import { conditionCompiler } from '../src/assignment/conditionLanguage.ts'
import type { Decision } from '../src/assignment/decision.ts'
import type { Definition } from '../src/assignment/plan.ts'
import { Snapshot } from '../src/assignment/snapshot.ts'

/** What the server puts in: what it knows of the experiments, and of who asks. */
declare const GIVEN: {
  readonly definitions: readonly Definition[]
  /** device, browser, os, country. */
  readonly sender: Readonly<Record<string, string | null>>
}

type Attributes = Readonly<Record<string, unknown>>

/** As much of the tracker as this needs, and what it adds. */
interface Espalier {
  track(name: string, properties: object): void
  consent(given: boolean): void
  visitor(): string | undefined
  identify(visitorId: string): void
  variant(key: string, attributes?: Attributes): string | null
  value(key: string, attributes?: Attributes): unknown
}

const { definitions, sender } = GIVEN
const { espalier } = window as unknown as { espalier?: Espalier }
const rememberedKey = 'espalier.variants'
const reported = new Set<string>()

const snapshot = new Snapshot(
  definitions,
  conditionCompiler((pattern, insensitive) => {
    try {
      const regex = new RegExp(pattern, insensitive ? 'i' : '')
      return (text) => regex.test(text)
    } catch {
      return undefined
    }
  }),
)

/** What this visitor has had. */
const remembered = (): Record<string, string> => {
  try {
    return JSON.parse(localStorage[rememberedKey])
  } catch {
    return {}
  }
}

/** Variants are a visitor's: another one has others. */
const forget = () => {
  try {
    delete localStorage[rememberedKey]
  } catch {
    // Blocked: there is nothing.
  }
}

/** `?espalier-variant=headline:bold` shows a variant to whoever has the link. */
const forced = Object.fromEntries(
  new URLSearchParams(location.search).getAll('espalier-variant').map((wanted) => wanted.split(':')),
)

const textOrNull = (text: string | null) => text?.trim() || null

/** What conditions can ask about, under the names of the events that the tracker reports. */
const attributesOf = (id: string | undefined): Attributes => {
  const query = new URLSearchParams(location.search)
  const referrer = document.referrer && new URL(document.referrer).hostname
  return {
    ...sender,
    id,
    url: location.href,
    path: location.pathname,
    language: navigator.language,
    referrerHost: referrer === location.hostname ? null : textOrNull(referrer),
    utmSource: textOrNull(query.get('utm_source')),
    utmMedium: textOrNull(query.get('utm_medium')),
    utmCampaign: textOrNull(query.get('utm_campaign')),
    utmTerm: textOrNull(query.get('utm_term')),
    utmContent: textOrNull(query.get('utm_content')),
  }
}

const decide = (key: string, attributes?: Attributes): Decision | undefined => {
  const id = espalier?.visitor()
  const decision = snapshot.decide(
    key,
    { id: id ?? '', attributes: { ...attributesOf(id), ...attributes }, sticky: remembered(), forced },
    Date.now(),
  )
  if (decision) for (const experimentId in decision.exposures) report(experimentId, decision.exposures[experimentId])
  return decision
}

/** The server checks it: only the variant that the hash gives counts. */
const report = (experimentId: string, variantId: string | undefined) => {
  const definition = snapshot.plan(experimentId)?.definition
  const variant = definition?.variants.find(({ id }) => id === variantId)
  if (!definition || !variant || reported.has(experimentId)) return
  reported.add(experimentId)
  espalier?.track('experiment_viewed', { experiment: definition.key, variant: variant.key })
  if (definition.sticky)
    try {
      localStorage[rememberedKey] = JSON.stringify({ ...remembered(), [experimentId]: variantId })
    } catch {
      // Blocked: the hash gives the same as long as nothing is changed.
    }
}

if (espalier) {
  const { consent, identify } = espalier
  espalier.variant = (key, attributes) => decide(key, attributes)?.variantKey ?? null
  espalier.value = (key, attributes) => decide(key, attributes)?.value ?? null
  espalier.consent = (given) => {
    consent(given)
    if (!given) forget()
  }
  espalier.identify = (visitorId) => {
    forget()
    reported.clear()
    identify(visitorId)
  }
} else console.error('Espalier: put the tracker (t.js) before the experiments.')
