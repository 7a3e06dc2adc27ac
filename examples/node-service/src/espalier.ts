import { createClient } from '@espalier/client'

/** One for the whole service. The key: Settings, API keys; with the scopes that README.md names. */
export const espalier = createClient({
  url: process.env.ESPALIER_URL ?? 'http://127.0.0.1:4000',
  key: process.env.ESPALIER_KEY ?? '',
  name: 'pear-shop',
})
