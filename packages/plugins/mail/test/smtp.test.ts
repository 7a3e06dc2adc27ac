import { createServer, type Socket } from 'node:net'
import type { SqlContext } from '@espalier/core'
import { ManualTime, servedKernel } from '@espalier/core/testing'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { type MailService, mailPlugin } from '../src/index.ts'
import { configure, greeter, hello, readMessage } from './workspaceWithMail.ts'

/** What the server does instead of taking a message. */
type Fault = 'refuseRecipient' | 'tryLater' | 'tooFast' | 'endBeforeData' | 'endAfterData' | 'hangAfterData'

const taken: { mime: Buffer; secure: boolean; user: string | undefined; connection: string }[] = []
let fault: Fault | undefined

const error = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode })
const server = new SMTPServer({
  authOptional: true,
  allowInsecureAuth: true,
  closeTimeout: 100,
  onAuth: ({ username, password }, _session, done) =>
    password === 'pear' ? done(null, { user: username ?? '' }) : done(error(535, 'Authentication failed')),
  onMailFrom: (_address, session, done) => {
    if (fault === 'endBeforeData') socketOf(session.id)?.destroy()
    else done()
  },
  onRcptTo: (_address, _session, done) =>
    fault === 'refuseRecipient'
      ? done(error(550, '5.1.1 No such user'))
      : fault === 'tooFast'
        ? done(error(451, '4.7.1 Rate limit exceeded'))
        : done(),
  onData: (stream, session, done) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      if (fault === 'tryLater') return done(error(452, '4.2.2 Mailbox full'))
      taken.push({ mime: Buffer.concat(chunks), secure: session.secure, user: session.user, connection: session.id })
      if (fault === 'endAfterData') socketOf(session.id)?.destroy()
      else if (fault !== 'hangAfterData') done(null, 'Ok: queued as 4Y0abc1234')
    })
  },
})
server.on('error', () => {})

function socketOf(id: string): Socket | undefined {
  const connections = (server as unknown as { connections: Set<{ id: string; _socket: Socket }> }).connections
  return [...connections].find((connection) => connection.id === id)?._socket
}

const port = await new Promise<number>((resolve) => {
  const listener = server.listen(0, '127.0.0.1', () => resolve((listener.address() as { port: number }).port))
})
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))

const time = new ManualTime(new Date('2026-11-21T10:00:00Z'))
const mail = mailPlugin({
  smtp: { timeoutMs: 800, deadlineMs: 1_500 },
  wait: async (milliseconds) => time.advance(milliseconds),
})
let service: MailService
const { kernel, signIn } = await servedKernel([mail, greeter(mail, (it) => (service = it))], { clock: time })

beforeEach(() => {
  taken.length = 0
  fault = undefined
})

const plain = { transport: 'smtp', fromAddress: 'hello@example.com', smtpHost: '127.0.0.1', smtpSecurity: 'none' }

async function workspace(settings: Record<string, unknown> = {}, secrets = {}): Promise<SqlContext> {
  const owner = await signIn()
  await configure(owner, { ...plain, smtpPort: port, smtpPriceMicros: 7, ...settings }, secrets)
  return kernel.contexts.workspace(owner.workspaceId, { type: 'system', name: 'test' })
}

async function sent(context: SqlContext, dispatch: string, message = hello()) {
  const id = await service.send(context, message)
  await expect
    .poll(async () => ({ ...(await readMessage(context, id)) }))
    .toMatchObject({ dispatch, ...(dispatch === 'planned' && { errorCode: expect.any(String) }) })
  return readMessage(context, id)
}

test('a message leaves with an id that is ours and a name that is the server’s', async () => {
  const context = await workspace()
  const row = await sent(context, 'accepted', hello({ data: { name: 'Zoë\n.\nQUIT' }, replyTo: 'answers@example.com' }))
  expect(row).toMatchObject({
    state: 'sent',
    transport: 'smtp',
    providerId: '4Y0abc1234',
    costMicros: '7',
    attempts: 1,
  })
  const read = await PostalMime.parse(taken[0]?.mime as Buffer)
  expect(read).toMatchObject({
    messageId: `<${row.id}@example.com>`,
    subject: 'Hello Zoë . QUIT',
    replyTo: [{ address: 'answers@example.com' }],
    date: '2026-11-21T10:00:00.000Z',
  })
  expect(read.html).toContain('Zoë\n.\nQUIT')
})

test('a run keeps its connections', async () => {
  const context = await workspace({ ratePerSecond: 1_000 })
  await context.sqlTransaction(async (tx) => {
    for (let n = 0; n < 50; n += 1) await service.send(tx, hello())
  })
  await expect.poll(() => taken.length).toBe(50)
  // 20 of a run; a second one that begins meanwhile opens 10 of its own.
  expect(new Set(taken.map(({ connection }) => connection)).size).toBeLessThanOrEqual(30)
})

test.each([
  ['endAfterData', 1],
  ['hangAfterData', 1],
] as const)('%s: the server may have taken it, so it is not sent again', async (kind, copies) => {
  const context = await workspace()
  fault = kind
  const row = await sent(context, 'unknown')
  expect(row).toMatchObject({ state: 'queued', errorCode: 'OUTCOME_UNKNOWN', attempts: 1 })
  fault = undefined
  await service.sweep.one(context)
  await service.dispatcher.run(context, AbortSignal.timeout(5_000))
  expect(taken).toHaveLength(copies)
})

test('endBeforeData: it got nothing, so it is tried again after half a minute', async () => {
  const context = await workspace()
  fault = 'endBeforeData'
  const row = await sent(context, 'planned')
  expect(row).toMatchObject({ errorCode: 'UNREACHABLE', attempts: 1 })
  expect(row.notBefore.getTime() - time.now().getTime()).toBe(30_000)
  fault = undefined
  time.advance(30_000)
  await service.sweep.one(context)
  await expect.poll(async () => (await readMessage(context, row.id)).state).toBe('sent')
  expect(taken).toHaveLength(1)
})

test('a server that cannot be reached is tried ten times over hours; then the message has failed', async () => {
  const context = await workspace({ smtpPort: 1 })
  const row = await sent(context, 'planned')
  for (let attempt = 2; attempt <= 10; attempt += 1) {
    time.advance(3_600_000)
    await service.dispatcher.run(context, AbortSignal.timeout(5_000))
  }
  expect(await readMessage(context, row.id)).toMatchObject({ state: 'failed', attempts: 10, errorCode: 'UNREACHABLE' })
})

test('5xx is for good, 4xx for now, and "rate" slows down', async () => {
  const context = await workspace()
  fault = 'refuseRecipient'
  const refused = await sent(context, 'refused')
  expect(refused).toMatchObject({ state: 'failed', errorMessage: expect.stringContaining('No such user') })
  fault = 'tryLater'
  const later = await sent(context, 'planned')
  expect(later).toMatchObject({ errorCode: 'REFUSED', attempts: 1 })
  fault = 'tooFast'
  const fast = await service.send(context, hello())
  await expect.poll(async () => (await readMessage(context, fast)).errorCode).toBe('TOO_FAST')
  fault = undefined
  await service.sweep.one(context)
  await expect.poll(async () => (await readMessage(context, fast)).state).toBe('sent')
})

test('a server that turns us away at the door has refused no letter', async () => {
  const away = createServer((socket) => {
    socket.on('error', () => {})
    socket.end('554 5.7.1 Your address is on a list\r\n')
  })
  await new Promise<void>((resolve) => away.listen(0, '127.0.0.1', resolve))
  const context = await workspace({ smtpPort: (away.address() as { port: number }).port })
  const row = await sent(context, 'planned')
  expect(row).toMatchObject({ state: 'queued', errorCode: 'ACCOUNT_HELD', attempts: 0 })
  expect(row.errorMessage).toContain('Your address is on a list')
  away.close()
})

test('a server that says a little now and then is not waited for without end', async () => {
  const slow = createServer((socket) => {
    socket.on('error', () => {})
    socket.write('220 hello\r\n')
    socket.once('data', () => {
      const timer = setInterval(() => socket.write('250-still here\r\n'), 100)
      socket.on('close', () => clearInterval(timer))
    })
  })
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve))
  const context = await workspace({ smtpPort: (slow.address() as { port: number }).port })
  const row = await sent(context, 'planned')
  expect(row).toMatchObject({ state: 'queued', errorCode: 'UNREACHABLE', attempts: 1 })
  expect(row.errorMessage).toContain('too long')
  slow.close()
})

test('a wrong password holds the account, and a new one lets it go', async () => {
  const owner = await signIn()
  await configure(owner, { ...plain, smtpPort: port, smtpUser: 'ada' }, { SMTP_PASSWORD: 'plum' })
  const context = kernel.contexts.workspace(owner.workspaceId, { type: 'system', name: 'test' })
  const row = await sent(context, 'planned')
  expect(row).toMatchObject({ errorCode: 'ACCOUNT_HELD', attempts: 0 })
  await configure(owner, {}, { SMTP_PASSWORD: 'pear' })
  await service.sweep.one(context)
  await expect.poll(async () => (await readMessage(context, row.id)).state).toBe('sent')
  expect(taken[0]).toMatchObject({ user: 'ada' })
})

test('nothing leaves unencrypted, or to a server with a certificate that nobody vouches for', async () => {
  const context = await workspace({ smtpSecurity: 'starttls' })
  expect(await sent(context, 'planned')).toMatchObject({ errorCode: 'UNREACHABLE' })
  expect(taken).toHaveLength(0)
})
