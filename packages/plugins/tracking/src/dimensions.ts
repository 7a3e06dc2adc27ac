import type { Session, SessionEvent } from './sessions.ts'

/** What numbers are split by. Each event counts under one value of each, an event in several experiments under several variants. */
export const dimensions = [
  'path',
  'variant',
  'channel',
  'referrer',
  'source',
  'medium',
  'campaign',
  'country',
  'device',
  'browser',
  'os',
  'entry',
  'exit',
] as const
export type Dimension = (typeof dimensions)[number]

/** Stands for "no page" and, as experiment and variant, for "whatever the experiment" in the rollups' keys. */
export const noId = '00000000-0000-0000-0000-000000000000'

/** The dimension of what is counted in all. */
export const all = ''
/** The value of events whose value is not known, or that have none. */
export const none = ''
/** The value of what comes after the values that a day keeps apart, and of who says so of their source, campaign or goal. */
export const other = '(other)'

/** Different values that a site keeps apart in a day (UTC), by dimension: the first ones to come. */
export const valuesPerDay = 500

/** Dimensions whose values senders choose. The others have few: channels, devices, countries, own variants. */
export const openDimensions: ReadonlySet<string> = new Set<Dimension | 'name' | 'goal'>([
  'name',
  'goal',
  'path',
  'referrer',
  'source',
  'medium',
  'campaign',
  'browser',
  'os',
  'entry',
  'exit',
])

export type DimensionValue = readonly [dimension: string, value: string]

/** What everything in a session counts under: where it came from, whatever came later. */
export function sessionValues(session: Session): DimensionValue[] {
  return [
    [all, none],
    ['channel', keyText(session.channel)],
    ['referrer', keyText(session.referrerHost)],
    ['source', keyText(session.utmSource)],
    ['medium', keyText(session.utmMedium)],
    ['campaign', keyText(session.utmCampaign)],
    ['country', keyText(session.country)],
    ['device', keyText(session.device)],
    ['browser', keyText(session.browser)],
    ['os', keyText(session.os)],
  ]
}

/** What tells the values of one session from another's, as one text. NUL is in no text that the database holds. */
export function sessionTexts(session: Session): string {
  const { channel, referrerHost, utmSource, utmMedium, utmCampaign, country, device, browser, os } = session
  const source = `${channel ?? ''}\0${referrerHost ?? ''}\0${utmSource ?? ''}\0${utmMedium ?? ''}\0${utmCampaign ?? ''}`
  return `${source}\0${country ?? ''}\0${device ?? ''}\0${browser ?? ''}\0${os ?? ''}`
}

/** What one event counts under beside its session's values. */
export function eventValues({ path, experiments }: Pick<SessionEvent, 'path' | 'experiments'>): DimensionValue[] {
  return [['path', keyText(path)], ...variantValues(experiments)]
}

export function variantValues(experiments: Readonly<Record<string, string>> | null): DimensionValue[] {
  return experiments === null ? [] : Object.values(experiments).map((variantId) => ['variant', variantId])
}

/** The dimension of conversions by their goal, which nothing else is split by. */
export const goals = 'goal'

/** What a conversion counts under beside its session's values and its event's: every goal, and its own where it names one. */
export function goalValues(goal: string | null): DimensionValue[] {
  return goal ? [[goals, none] as const, [goals, keyText(goal)] as const] : [[goals, none]]
}

/** Keys are short: a text beyond 250 characters counts with those that begin alike. */
export function keyText(text: string | null): string {
  if (text === null) return none
  if (text.length <= maxKeyLength) return text
  const cut = text.slice(0, maxKeyLength)
  return cut.isWellFormed() ? cut : cut.slice(0, -1)
}

const maxKeyLength = 250
