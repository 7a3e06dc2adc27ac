import type { AnyColumn } from '@espalier/core'
import type { TrackedEvent } from './event.ts'

export type LogColumn = AnyColumn<TrackedEvent>

/** What the log keeps of an event, beside its workspace and when it was received. */
export const logColumns: readonly LogColumn[] = [
  { name: 'id', type: 'uuid', of: ({ id }) => id },
  { name: 'siteId', type: 'uuid', of: ({ siteId }) => siteId },
  { name: 'pageId', type: 'uuid', of: ({ pageId }) => pageId },
  { name: 'visitorId', type: 'uuid', of: ({ visitorId }) => visitorId },
  { name: 'sessionId', type: 'uuid', of: ({ sessionId }) => sessionId },
  { name: 'name', type: 'text', of: ({ name }) => name },
  { name: 'goal', type: 'text', of: ({ goal }) => goal },
  { name: 'at', type: 'timestamptz', of: ({ at }) => at },
  { name: 'url', type: 'text', of: ({ url }) => url },
  { name: 'referrer', type: 'text', of: ({ referrer }) => referrer },
  { name: 'experiments', type: 'jsonb', of: ({ experiments }) => experiments && JSON.stringify(experiments) },
  { name: 'properties', type: 'jsonb', of: ({ properties }) => properties && JSON.stringify(properties) },
  { name: 'path', type: 'text', of: ({ path }) => path },
  { name: 'referrerHost', type: 'text', of: ({ referrerHost }) => referrerHost },
  { name: 'channel', type: 'text', of: ({ channel }) => channel },
  { name: 'utmSource', type: 'text', of: ({ utmSource }) => utmSource },
  { name: 'utmMedium', type: 'text', of: ({ utmMedium }) => utmMedium },
  { name: 'utmCampaign', type: 'text', of: ({ utmCampaign }) => utmCampaign },
  { name: 'utmTerm', type: 'text', of: ({ utmTerm }) => utmTerm },
  { name: 'utmContent', type: 'text', of: ({ utmContent }) => utmContent },
  { name: 'country', type: 'text', of: ({ country }) => country },
  { name: 'device', type: 'text', of: ({ device }) => device },
  { name: 'browser', type: 'text', of: ({ browser }) => browser },
  { name: 'os', type: 'text', of: ({ os }) => os },
  { name: 'amountMinor', type: 'bigint', of: ({ value }) => value?.amountMinor ?? null },
  { name: 'currency', type: 'text', of: ({ value }) => value?.currency ?? null },
  { name: 'metrics', type: 'jsonb', of: ({ metrics }) => metrics && JSON.stringify(metrics) },
]
