import { join } from 'node:path'
import type { PrismaClient } from './generated/client/client.ts'
import type PrismaTypes from './generated/pothos.ts'

export * from './generated/client/client.ts'

// Tells the kernel which models it works with here.
declare module '@espalier/core' {
  interface Register {
    prisma: PrismaClient
    prismaTypes: PrismaTypes
  }
}

export { getDatamodel } from './generated/pothos.ts'

/** Where the SQL lies that leads to these models: what `readMigrations` of the kernel reads. */
export const migrationsFolder = join(import.meta.dirname, 'migrations')
