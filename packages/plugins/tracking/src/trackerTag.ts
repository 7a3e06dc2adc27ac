import type { z } from 'zod'
import type { settings } from './settings.ts'

type TrackingSettings = z.output<typeof settings>

/**
 * The element that brings the tracker into a page, safe to insert as HTML.
 *
 * @param from the origin of this server, for pages that others serve
 * @param context what the page says to the tracker, signed
 */
export function trackerTag(
  site: { readonly key: string },
  settings: TrackingSettings,
  { from = '', context }: { from?: string; context?: string },
): string {
  const id = context === undefined ? '' : ' id="espalier-context"'
  const signed = context === undefined ? '' : ` data-context="${context}"`
  return `<script${id} defer src="${from}${pathOf(settings)}" data-site="${site.key}"${signed}${attributesOf(settings)}></script>`
}

/** Where a workspace's tracker is. */
function pathOf({ scriptName }: TrackingSettings): string {
  return scriptName ? `/a/${scriptName}.js` : '/t.js'
}

/** What it is told. */
function attributesOf({ cookieless, requireConsent, respectDoNotTrack }: TrackingSettings): string {
  return (
    (cookieless ? ' data-cookieless' : '') +
    (requireConsent ? ' data-consent="required"' : '') +
    (respectDoNotTrack ? '' : ' data-do-not-track="ignore"')
  )
}
