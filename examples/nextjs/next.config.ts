import { join } from 'node:path'
import type { NextConfig } from 'next'

const config: NextConfig = {
  // Only because the client is a folder of this repository here. From npm it needs neither of the two.
  transpilePackages: ['@espalier/client'],
  turbopack: { root: join(import.meta.dirname, '../..') },
}

export default config
