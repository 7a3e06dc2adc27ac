import { defineJob } from '@espalier/core'
import { z } from 'zod'
import type { AccessibilityReports } from './accessibilityReports.ts'

/** Opens a variant in Chromium and writes its report. A browser takes a core and some 200 MB: one at a time. */
export const checkAccessibility = defineJob({
  name: 'landing-pages.check-accessibility',
  input: z.object({ reportId: z.uuid() }),
  concurrency: 1,
  timeoutSeconds: 120,
  run: async ({ reportId }, context, { accessibility }: { readonly accessibility: AccessibilityReports }, { signal }) =>
    accessibility.write(context, reportId, signal),
})
