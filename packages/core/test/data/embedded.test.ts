import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { afterAll, afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/data/embedded.ts'
import { eventually } from '../../src/testing/eventually.ts'

// One cluster for all of these: each leaves it stopped, in order or by force.
const folder = await mkdtemp(join(tmpdir(), 'espalier-embedded-'))
const started: EmbeddedPostgres[] = []

afterEach(() => Promise.all(started.splice(0).map((postgres) => postgres.stop())))
afterAll(() => rm(folder, { recursive: true, force: true }))

async function start(port?: number): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ folder, durable: false, ...(port ? { port } : {}) })
  started.push(postgres)
  return postgres
}

async function ask(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

describe('an embedded PostgreSQL', () => {
  test('keeps data and port from run to run', async () => {
    const first = await start()
    await ask(first.url, 'create table answers as select 42 as answer')
    await first.stop()
    const second = await start()
    expect(second.url).toBe(first.url)
    expect(await ask(second.url, 'select * from answers')).toEqual([{ answer: 42 }])
  })

  test('listens on 127.0.0.1 only, and only while it runs', async () => {
    const { url, stop } = await start()
    for (const address of Object.values(networkInterfaces()).flat()) {
      if (!address || address.internal || address.family !== 'IPv4') continue
      await expect(ask(url.replace('127.0.0.1', address.address), 'select 1')).rejects.toThrow('ECONNREFUSED')
    }
    await stop()
    await expect(ask(url, 'select 1')).rejects.toThrow('ECONNREFUSED')
  })

  test('lets nobody in without the password', async () => {
    const { url } = await start()
    await expect(ask(url.replace(/:[^:@]+@/, ':guess@'), 'select 1')).rejects.toThrow('password authentication failed')
  })

  test('takes another port when the one of last time is taken, unless it was asked for', async () => {
    const { port, stop } = await start()
    await stop()
    const squatter = createServer().listen(port, '127.0.0.1')
    await once(squatter, 'listening')
    try {
      await expect(start(port)).rejects.toMatchObject({
        code: 'DATABASE_PORT_TAKEN',
        message: expect.stringContaining(`${port}`),
      })
      expect((await start()).port).not.toBe(port)
    } finally {
      squatter.close()
    }
  })

  test('is started again, on the same port and with its data, when it dies', async () => {
    const { url } = await start()
    await ask(url, 'create table revived as select 7 as seven')
    // These tests run without durability.
    await ask(url, 'checkpoint')
    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      const dead = await postmaster()
      process.kill(Number(dead), signal)
      await expect.poll(() => postmaster().catch(() => 'none')).not.toBe(dead)
      await expect.poll(() => ask(url, 'select * from revived').catch(() => 'gone')).toEqual([{ seven: 7 }])
    }
  })

  test('refuses a second owner of its folder and keeps serving the first', async () => {
    const { url } = await start()
    await expect(start()).rejects.toMatchObject({
      code: 'DATABASE_FOLDER_IN_USE',
      message: expect.stringContaining(folder),
    })
    expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('refuses a folder that it cannot use, with the reason', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(startEmbeddedPostgres({ folder: join(folder, 'file', 'below') })).rejects.toMatchObject({
      code: 'DATABASE_FOLDER_UNREADABLE',
    })
  })

  test('starts over a postmaster.pid that names some other living process', async () => {
    await (await start()).stop()
    await writeFile(join(folder, 'data/postmaster.pid'), `${process.pid}\n${folder}/data\n1\n5432\n\n127.0.0.1\n`)
    expect(await ask((await start()).url, 'select 1 as one')).toEqual([{ one: 1 }])
  })
})

describe('an owner in a process of its own', () => {
  test('can finish its work after Ctrl-C, which reaches the whole group, and leaves nothing running', async () => {
    const owner = await spawnOwner()
    process.kill(-(owner.child.pid as number), 'SIGINT')
    expect(await owner.nextLine()).toBe('still here')
    await owner.ended
    await expectGone(owner.postmaster)
  })

  test('takes its server with it when it is killed', async () => {
    const owner = await spawnOwner()
    process.kill(owner.child.pid as number, 'SIGKILL')
    await owner.ended
    await expectGone(owner.postmaster)
  })

  test('may be followed by the next one at once', async () => {
    for (let round = 0; round < 3; round++) {
      const owner = await spawnOwner()
      await ask(owner.url, `create table if not exists rounds (round int); insert into rounds values (${round})`)
      process.kill(owner.child.pid as number, 'SIGKILL')
    }
    expect(await ask((await start()).url, 'select count(*)::int as rounds from rounds')).toEqual([{ rounds: 3 }])
  })

  test('may leave a server behind, which the next owner stops in order', async () => {
    const owner = await spawnOwner()
    await ask(owner.url, 'create table kept ()')
    for (const guard of await childrenOf(owner.child.pid as number)) process.kill(guard, 'SIGKILL')
    process.kill(owner.child.pid as number, 'SIGKILL')
    await owner.ended
    expect(await ask(owner.url, 'select 1 as one')).toEqual([{ one: 1 }])
    const next = await start()
    await expectGone(owner.postmaster)
    expect(await ask(next.url, 'select * from kept')).toEqual([])
    expect(await readFile(join(folder, 'postgres.log'), 'utf8')).toContain('received fast shutdown request')
  })

  test('recovers when the server itself was killed', async () => {
    const owner = await spawnOwner()
    await ask(owner.url, 'create table survivors ()')
    process.kill(owner.postmaster, 'SIGKILL')
    process.kill(owner.child.pid as number, 'SIGKILL')
    await owner.ended
    expect(await ask((await start()).url, 'select * from survivors')).toEqual([])
  })
})

interface Owner {
  child: ChildProcess
  url: string
  postmaster: number
  nextLine(): Promise<string>
  ended: Promise<unknown>
}

async function spawnOwner(): Promise<Owner> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/embeddedOwner.ts'), folder], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  // One that a failed test leaves behind would keep the whole run from ending: it holds its stderr.
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const nextLine = async () => (await lines.next()).value as string
  const ended = once(child, 'exit')
  const url = await nextLine()
  return { child, url, postmaster: Number(await postmaster()), nextLine, ended }
}

/** The process id of the server that runs on the folder. */
async function postmaster(): Promise<string | undefined> {
  return (await readFile(join(folder, 'data/postmaster.pid'), 'utf8')).split('\n')[0]
}

async function childrenOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return children.trim().split(' ').map(Number)
}

async function expectGone(pid: number): Promise<void> {
  await eventually(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'))
}
