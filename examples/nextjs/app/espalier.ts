import { createClient } from '@espalier/client'

/** On the server: the key must not reach the browser. */
export const espalier = createClient({
  url: process.env.ESPALIER_URL ?? 'http://127.0.0.1:4000',
  key: process.env.ESPALIER_KEY ?? '',
  name: 'next-shop',
})
