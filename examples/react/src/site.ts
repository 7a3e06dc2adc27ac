import { createSite } from '@espalier/client/site'

/** What this application counts: a wrong name, or a property that is missing, does not compile. */
type Events = {
  'plan-chosen': { plan: 'free' | 'pro' }
  'help-opened': Record<string, never>
}

/** One for the whole application. */
export const site = createSite<Events>({
  url: import.meta.env.VITE_ESPALIER_URL ?? 'http://127.0.0.1:4000',
  site: import.meta.env.VITE_ESPALIER_SITE,
})
