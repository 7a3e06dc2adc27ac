import { type Builder, both } from '@espalier/core'

/** From where, and with what, somebody came, as rows hold it. */
type Source = Record<
  'channel' | 'referrerHost' | 'utmSource' | 'utmMedium' | 'utmCampaign' | 'country' | 'device' | 'browser' | 'os',
  string | null
>

/** What events and sessions say alike of where they came from. @returns the interface */
export function trackingSource(builder: Builder) {
  return builder.interfaceRef<Source>('TrackingSource').implement({
    description: 'From where, and with what, a visitor came, as far as the server can tell.',
    subGraphs: both,
    fields: (t) => ({
      referrerHost: t.exposeString('referrerHost', {
        nullable: true,
        description: "Host of the site that sent the visitor; null where it is the page's own, or none.",
      }),
      channel: t.exposeString('channel', {
        nullable: true,
        description: 'Channel: direct, organic-search, email and so on.',
      }),
      utmSource: t.exposeString('utmSource', { nullable: true, description: 'utm_source of the address.' }),
      utmMedium: t.exposeString('utmMedium', { nullable: true, description: 'utm_medium of the address.' }),
      utmCampaign: t.exposeString('utmCampaign', { nullable: true, description: 'utm_campaign of the address.' }),
      country: t.exposeString('country', { nullable: true, description: 'Country, ISO 3166-1 alpha-2.' }),
      device: t.exposeString('device', { nullable: true, description: 'desktop, mobile, tablet, tv or other.' }),
      browser: t.exposeString('browser', { nullable: true, description: 'Family of the browser.' }),
      os: t.exposeString('os', { nullable: true, description: 'Family of the operating system.' }),
    }),
  })
}
