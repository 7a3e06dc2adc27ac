import { createKernel } from '@espalier/core/server'
import mail from '@espalier/mail'
import operations from '@espalier/operations'
import { getDatamodel, PrismaClient } from '@espalier/prisma'
import { pino } from 'pino'

/** A process that mails what is due, once: `node sender.ts <app url> <system url> notifications|reports`, to be killed. */
const [appUrl = '', systemUrl = '', what = ''] = process.argv.slice(2)
const kernel = await createKernel({
  plugins: [mail, operations],
  database: { appUrl, systemUrl, prisma: PrismaClient as never, poolSize: 4 },
  datamodel: getDatamodel(),
  secret: 'a secret of the tests, long enough',
  publicUrl: 'http://espalier.test',
  log: pino({ level: 'silent' }),
})
await kernel.start({ work: false })
const { mailed, reports } = kernel.service(operations)
await (what === 'reports' ? reports : mailed).sendDue(kernel.contexts.system('sender'))
await kernel.stop()
