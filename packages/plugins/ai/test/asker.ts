import { sql, type WorkspaceContext } from '@espalier/core'
import { ManualTime, testDatabase, testHost } from '@espalier/core/testing'
import { afterAll } from 'vitest'
import { Ai } from '../src/ai.ts'
import type { ModelRequest } from '../src/gateway.ts'
import { settings } from '../src/settings.ts'
import { type StubModelServer, stubModelServer } from '../src/testing/index.ts'

export interface AskedCall {
  readonly id: string
  readonly status: string
  readonly errorCode: string | null
  readonly errorMessage: string | null
  readonly response: string | null
  readonly attempts: number
  readonly repaired: boolean
  readonly redacted: number
  readonly costMicros: number | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly messages: { role: string; content: string }[]
  readonly leaseUntil: Date | null
}

/** The gateway on a real database, through OpenAI's client, before a stub of the service; time stands still. */
export async function asker() {
  const { db, createWorkspace } = await testDatabase({ poolSize: 20 })
  const time = new ManualTime(new Date('2026-11-10T12:00:00Z'))
  const stub = await stubModelServer()
  afterAll(() => stub.close())
  return {
    db,
    time,
    stub,
    /** A workspace of its own with the stub as its service, or none with `baseUrl: null`. */
    workspace: async (values: Partial<typeof settings._zod.input> = {}, baseUrl: string | null = stub.baseUrl) => {
      const workspaceId = await createWorkspace()
      const set = { ...values }
      const process = () => oneProcess(db, time, set, workspaceId)
      const first = process()
      if (baseUrl)
        await first.context.transaction((tx) => first.ai.setConnection(tx, { baseUrl, apiKey: 'sk-of-the-test' }))
      return { ...first, set, process, workspaceId }
    },
  }
}

/** A process of its own: what it remembers, no other does. */
function oneProcess(db: Parameters<typeof testHost>[0], time: ManualTime, set: object, workspaceId: string) {
  const host = testHost(db, { settings, clock: time })
  const waits: number[] = []
  const wait = async (milliseconds: number) => {
    waits.push(milliseconds)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const ai = new Ai({ ...host, settings: async () => settings.parse(set) }, { wait })
  const context: WorkspaceContext = host.workspace(workspaceId)
  return {
    ai,
    context,
    host,
    /** What it waited for, milliseconds. */
    waits,
    ask: <Output = string>(request: Partial<ModelRequest<Output>> & { idempotencyKey: string }) =>
      ai.ask<Output>(context, { purpose: 'tests.say', messages: say('Name a tree.'), ...request }),
    calls: () => readCalls(context),
    call: async (key: string) => (await readCalls(context, key))[0] as AskedCall,
    spending: () =>
      context.db.query<{ purpose: string; spent: number; reserved: number; calls: number }>(sql`
        select "purpose", "spentMicros"::int as "spent", "reservedMicros"::int as "reserved", "calls" from "AiSpending" order by "purpose"`),
  }
}

export function say(content: string) {
  return [{ role: 'user' as const, content }]
}

/** What two kernels, or one after a crash, find in common. */
function readCalls(context: WorkspaceContext, key: string | null = null): Promise<AskedCall[]> {
  return context.db.query<AskedCall>(sql`
    select "id", "status"::text, "errorCode", "errorMessage", "response", "attempts", "repaired", "redacted",
      "costMicros"::float8 as "costMicros", "inputTokens", "outputTokens", "messages", "leaseUntil"
    from "AiCall" where ${key}::text is null or "idempotencyKey" = ${key} order by "id"`)
}

/** How many requests the stub was paid for with this text in their messages. */
export function paidFor(stub: StubModelServer, text: string): number {
  return stub.paid.filter(({ messages }) => messages.some(({ content }) => content.includes(text))).length
}
