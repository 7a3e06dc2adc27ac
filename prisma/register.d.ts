import type { PrismaClient as GeneratedClient } from './generated/client/client.ts'
import type GeneratedTypes from './generated/pothos.ts'

/** Tells the kernel's types which models this installation has. Types only: the kernel never imports this folder. */
declare module '../packages/core/src/data/prismaTypes.ts' {
  interface Register {
    prisma: GeneratedClient
    prismaTypes: GeneratedTypes
  }
}
