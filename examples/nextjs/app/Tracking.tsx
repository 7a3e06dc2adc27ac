'use client'

import { createSite, type Site } from '@espalier/client/site'
import { useEffect } from 'react'

interface TrackingProps {
  url: string
  site: string
  visitor: string | undefined
  /** What the server has decided, and this page shows. */
  shown: Readonly<Record<string, string>>
}

let tracked: Site | undefined

/** Counts this page, and that its variants were shown: by a browser, so that robots do not count. */
export function Tracking({ url, site, visitor, shown }: TrackingProps) {
  useEffect(() => {
    tracked ??= createSite({ url, site, ...(visitor && { visitor }), experiments: false })
    for (const [experiment, variant] of Object.entries(shown)) tracked.exposed(experiment, variant)
  }, [url, site, visitor, shown])
  return null
}
