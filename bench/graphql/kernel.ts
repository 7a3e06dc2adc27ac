import type landingPages from '@espalier/landing-pages'
import { getDatamodel, PrismaClient } from '@espalier/prisma'
import { pino } from 'pino'
import installation from '../../espalier.config.ts'
import type { PrismaClientClass } from '../../packages/core/src/data/prismaTypes.ts'
import { createKernel } from '../../packages/core/src/plugin/createKernel.ts'
import type { Kernel } from '../../packages/core/src/plugin/kernel.ts'
import type { Staging } from './stage.ts'

/** A kernel with every plugin of the product, started as a server that leaves jobs to a worker. */
export async function startKernel({ appUrl, systemUrl }: Staging): Promise<Kernel> {
  const plugins = await Promise.all(
    installation.plugins.map(async (name) => ((await import(name)) as { default: typeof landingPages }).default),
  )
  const kernel = await createKernel({
    plugins,
    database: { appUrl, systemUrl, prisma: PrismaClient as unknown as PrismaClientClass, poolSize: 10 },
    datamodel: getDatamodel(),
    secret: 'a secret of the benchmark, long enough',
    publicUrl: 'http://127.0.0.1:4000',
    production: true,
    log: pino({ level: 'warn' }),
  })
  await kernel.start({ work: false })
  return kernel
}
