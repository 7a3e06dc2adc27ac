import { createKernel } from '@espalier/core/server'
import { getDatamodel, PrismaClient } from '@espalier/prisma'
import { pino } from 'pino'
import { type MailService, mailPlugin } from '../src/index.ts'
import { greeter } from './workspaceWithMail.ts'

/** A process that sends what is due in a workspace: `node sender.ts <app url> <system url> <workspace> <endpoint>`, to be killed. */
const [appUrl = '', systemUrl = '', workspaceId = '', sesEndpoint = ''] = process.argv.slice(2)
const mail = mailPlugin({ sesEndpoint, sesTimeouts: { connection: 30_000, request: 30_000 } })
let service: MailService | undefined
const kernel = await createKernel({
  plugins: [mail, greeter(mail, (it) => (service = it))],
  database: { appUrl, systemUrl, prisma: PrismaClient as never, poolSize: 12 },
  datamodel: getDatamodel(),
  secret: 'a secret of the tests, long enough',
  publicUrl: 'http://127.0.0.1:4000',
  log: pino({ level: 'silent' }),
})
await kernel.start({ work: false })
const context = kernel.contexts.workspace(workspaceId, { type: 'system', name: 'sender' })
await service?.dispatcher.run(context, new AbortController().signal)
await kernel.stop()
