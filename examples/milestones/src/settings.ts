import type { PluginWords } from '@espalier/core'
import { z } from 'zod'

/** What a workspace may set. */
export const settings = z.object({
  every: z
    .number()
    .int()
    .min(10)
    .max(1_000_000)
    .default(1_000)
    .describe('Goals between two milestones, after the first, the tenth and the hundredth.'),
})

export type Settings = z.output<typeof settings>

export const words: PluginWords<typeof settings> = {
  title: { en: 'Milestones', fr: 'Jalons' },
  about: {
    en: 'Tells when a page has brought its first, tenth, hundredth goal.',
    fr: 'Dit quand une page a atteint son premier, dixième, centième objectif.',
  },
  settings: {
    every: {
      title: { en: 'Distance of milestones', fr: 'Distance des jalons' },
      fr: 'Objectifs entre deux jalons, après le premier, le dixième et le centième.',
    },
  },
  permissions: { 'milestones:read': 'Voir les jalons des pages' },
}
