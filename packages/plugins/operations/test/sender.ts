import { createKernel } from '@espalier/core/server'
import mail from '@espalier/mail'
import { getDatamodel, PrismaClient } from '@espalier/prisma'
import { pino } from 'pino'
import { operationsPlugin } from '../src/plugin.ts'

/**
 * A process that sends what is due, once, to be killed: `node sender.ts <app url> <system url> notifications|reports`, or
 * `webhooks <workspace> <endpoint>`.
 */
const [appUrl = '', systemUrl = '', what = '', workspaceId = '', endpointId = ''] = process.argv.slice(2)
const operations = operationsPlugin({ mayAsk: (address) => address === '127.0.0.1' })
const kernel = await createKernel({
  plugins: [mail, operations],
  database: { appUrl, systemUrl, prisma: PrismaClient as never, poolSize: 4 },
  datamodel: getDatamodel(),
  secret: 'a secret of the tests, long enough',
  publicUrl: 'http://espalier.test',
  log: pino({ level: 'silent' }),
})
await kernel.start({ work: false })
const { mailed, reports, webhooks } = kernel.service(operations)
if (what === 'webhooks')
  await webhooks.deliver(
    kernel.contexts.workspace(workspaceId, { type: 'system', name: 'sender' }),
    endpointId,
    AbortSignal.timeout(60_000),
  )
else await (what === 'reports' ? reports : mailed).sendDue(kernel.contexts.system('sender'))
await kernel.stop()
