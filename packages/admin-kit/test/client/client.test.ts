import { type SignedInClient, servedKernel } from '@espalier/core/testing'
import { afterEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { Api } from '../../src/client/api.ts'
import { askWith } from '../../src/client/ask.ts'
import { mutateWith } from '../../src/client/mutate.ts'
import { contextOf, requestOf, type TypedDocument } from '../../src/client/typedDocument.ts'
import { WatchedQuery } from '../../src/client/watchedQuery.ts'
import { documentOf, NoteChangedDocument, NoteDocument, NotesDocument, notes, WriteNoteDocument } from './notes.ts'

const { url, signIn } = await servedKernel([notes])

const [a, b] = ['0199f0a0-0000-7000-8000-00000000000a', '0199f0a0-0000-7000-8000-00000000000b'] as const

const undo: (() => void)[] = []
afterEach(() => {
  for (const step of undo.splice(0)) step()
})

describe('what is read', () => {
  it('is one copy of every thing: a mutation is seen in every query that shows it, without asking again', async () => {
    const { api, sent, write } = await browser()
    await write(a, 'first')
    const list = show(api, NotesDocument, {})
    await expect.poll(() => list.data?.notes).toEqual([{ __typename: 'Note', id: globalId(a), text: 'first' }])
    const one = show(api, NoteDocument, { id: globalId(a) })
    await expect.poll(() => one.data?.node?.text).toBe('first')

    sent.length = 0
    expect(await mutateWith(api.client, WriteNoteDocument, { id: a, text: 'second' })).toEqual({
      data: { __typename: 'Note', id: globalId(a), text: 'second' },
    })
    expect(list.data?.notes[0]?.text).toBe('second')
    expect(one.data?.node?.text).toBe('second')
    expect(sent).toHaveLength(1)
  })

  it('is there at once the next time, and asked again all the same', async () => {
    const { api, write } = await browser()
    await write(a, 'first')
    const before = show(api, NotesDocument, {})
    await expect.poll(() => before.data?.notes).toHaveLength(1)
    before.hide()
    await (await browser({ sameAs: api })).write(a, 'by somebody else')

    const after = show(api, NotesDocument, {})
    expect(after.state()).toMatchObject({ data: { notes: [{ text: 'first' }] }, loading: false, stale: true })
    await expect
      .poll(() => after.state())
      .toMatchObject({ data: { notes: [{ text: 'by somebody else' }] }, stale: false })
  })

  it('is not disturbed by something else that begins to show it while it is on its way', async () => {
    const { api, network, write } = await browser()
    await write(a, 'first')
    const letGo = hold(network)
    const one = show(api, NotesDocument, {})
    let told = 0
    undo.push(one.subscribe(() => told++))
    expect(watch(api, NotesDocument, {}).state().loading).toBe(true)
    expect(told).toBe(0)
    letGo()
    await expect.poll(() => one.data?.notes).toHaveLength(1)
    expect(watch(api, NotesDocument, {}).state()).toMatchObject({
      data: { notes: [{ text: 'first' }] },
      loading: false,
    })
  })

  it('is asked again where a list is said to have changed, and only there', async () => {
    const { api, sent, write } = await browser()
    const list = show(api, NotesDocument, {})
    const one = show(api, NoteDocument, { id: globalId(b) })
    await expect.poll(() => list.data?.notes).toEqual([])
    await expect.poll(() => one.data).toMatchObject({ node: null })
    await write(a, 'new')
    expect(list.data?.notes).toEqual([])

    sent.length = 0
    api.askAgain(['notes'])
    await expect.poll(() => list.data?.notes).toMatchObject([{ text: 'new' }])
    expect(sent).toHaveLength(1)
  })

  it('is forgotten where somebody begins anew', async () => {
    const { api, write } = await browser()
    await write(a, 'secret')
    const list = show(api, NotesDocument, {})
    await expect.poll(() => list.data?.notes).toHaveLength(1)
    let replaced = 0
    undo.push(api.onReplaced(() => replaced++))
    api.startAnew()
    expect(replaced).toBe(1)
    expect(watch(api, NotesDocument, {}).state()).toMatchObject({ data: undefined, loading: true })
  })
})

describe('a mutation', () => {
  it('is shown before the server answers where that is expected, and taken back where it refuses', async () => {
    const { api, network, write } = await browser()
    await write(a, 'first')
    const list = show(api, NotesDocument, {})
    await expect.poll(() => list.data?.notes).toHaveLength(1)

    const letGo = hold(network)
    const outcome = mutateWith(
      api.client,
      WriteNoteDocument,
      { id: a, text: 'taken' },
      { optimistic: { __typename: 'Note', id: globalId(a), text: 'taken' } },
    )
    await expect.poll(() => list.data?.notes[0]?.text).toBe('taken')
    letGo()
    expect((await outcome).problem).toMatchObject({ code: 'CONFLICT', message: 'Somebody wrote that already.' })
    expect(list.data?.notes[0]?.text).toBe('first')
  })

  it('says which input is wrong', async () => {
    const { api } = await browser()
    const { problem } = await mutateWith(api.client, WriteNoteDocument, { id: a, text: '' })
    expect(problem).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: 'text', message: 'Write something.' }] })
  })

  it('of a person who may not comes back as forbidden', async () => {
    const { api } = await browser({ role: 'viewer' })
    const { problem } = await mutateWith(api.client, WriteNoteDocument, { id: a, text: 'mine' })
    expect(problem?.code).toBe('FORBIDDEN')
  })

  it('sends what the document declares and nothing else', async () => {
    const { api, sent } = await browser()
    const expected = { __typename: 'Note', id: globalId(a), text: 'b' } as const
    await mutateWith(api.client, WriteNoteDocument, { id: a, text: 'b' }, { optimistic: expected })
    expect(sent.at(-1)?.variables).toEqual({ id: a, text: 'b' })
  })
})

describe('what is kept apart', () => {
  it('is told of mutations, of what they expect, and of subscriptions, as everything is', async () => {
    const { api, network, write } = await browser()
    await write(a, 'first')
    const apart = show(api, NotesDocument, {}, { apart: true })
    const one = show(api, NoteDocument, { id: globalId(a) })
    await expect.poll(() => apart.data?.notes).toHaveLength(1)
    await expect.poll(() => one.data?.node?.text).toBe('first')
    await write(a, 'second')
    expect([apart.data?.notes[0]?.text, one.data?.node?.text]).toEqual(['second', 'second'])

    const letGo = hold(network)
    const outcome = mutateWith(
      api.client,
      WriteNoteDocument,
      { id: a, text: 'taken' },
      { optimistic: { __typename: 'Note', id: globalId(a), text: 'taken' } },
    )
    await expect.poll(() => [apart.data?.notes[0]?.text, one.data?.node?.text]).toEqual(['taken', 'taken'])
    letGo()
    expect((await outcome).problem?.code).toBe('CONFLICT')
    expect([apart.data?.notes[0]?.text, one.data?.node?.text]).toEqual(['second', 'second'])

    follow(api, NoteChangedDocument, { id: a })
    await expect.poll(() => api.socketIsUp).toBe(true)
    const somebodyElse = await browser({ sameAs: api })
    await expect
      .poll(async () => {
        await somebodyElse.write(a, 'third')
        return apart.data?.notes[0]?.text
      })
      .toBe('third')
  })

  it('is forgotten when nothing shows it any more, and nothing else is', async () => {
    const { api, sent, write } = await browser()
    await write(a, 'first')
    const one = show(api, NoteDocument, { id: globalId(a) })
    const apart = show(api, NotesDocument, {}, { apart: true })
    await expect.poll(() => apart.data?.notes).toHaveLength(1)
    await expect.poll(() => one.data?.node?.text).toBe('first')
    apart.hide()
    one.hide()
    expect(watch(api, NotesDocument, {}, { apart: true }).state()).toMatchObject({ data: undefined, loading: true })
    expect(watch(api, NotesDocument, {}).state()).toMatchObject({ data: undefined, loading: true })
    expect(watch(api, NoteDocument, { id: globalId(a) }).state().data?.node?.text).toBe('first')
    // It is asked once when it is shown again, and answered.
    sent.length = 0
    const again = show(api, NotesDocument, {}, { apart: true })
    await expect.poll(() => again.data?.notes).toHaveLength(1)
    expect(sent).toHaveLength(1)
  })

  it('is not asked for twice where something else shows the same', async () => {
    const { api, sent, write } = await browser()
    await write(a, 'first')
    const list = show(api, NotesDocument, {})
    await expect.poll(() => list.data?.notes).toHaveLength(1)
    expect(await askWith(api.client, NotesDocument, {}, { apart: true })).toMatchObject({ notes: [{ text: 'first' }] })
    await write(a, 'second')
    expect(list.data?.notes[0]?.text).toBe('second')
    sent.length = 0
    api.askAgain(['notes'])
    await expect.poll(() => list.state().stale).toBe(false)
    expect(sent).toHaveLength(1)
  })
})

describe('operations', () => {
  it('are sent by their hash; the text follows once to a server that does not know it', async () => {
    const first = await browser()
    const fresh: typeof NotesDocument = documentOf('query NeverAsked { __typename notes { __typename id } }')
    await askWith(first.api.client, fresh, {})
    expect(first.sent.map(({ query, documentId }) => [query, documentId])).toEqual([
      [undefined, fresh.__meta__?.hash],
      [fresh.toString(), fresh.__meta__?.hash],
    ])
    const second = await browser()
    await askWith(second.api.client, fresh, {})
    expect(second.sent.map(({ query }) => query)).toEqual([undefined])
  })

  it('fail with what the server says', async () => {
    const { api } = await browser({ cookie: 'nobody=1' })
    let signedOut = 0
    undo.push(api.onSignedOut(() => signedOut++))
    await expect(askWith(api.client, NotesDocument, {})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(signedOut).toBe(1)
  })
})

describe('a subscription', () => {
  it('changes what a query shows', async () => {
    const { api, write } = await browser()
    await write(a, 'first')
    const list = show(api, NotesDocument, {})
    await expect.poll(() => list.data?.notes).toHaveLength(1)
    follow(api, NoteChangedDocument, { id: a })
    await expect.poll(() => api.socketIsUp).toBe(true)

    const somebodyElse = await browser({ sameAs: api })
    await expect
      .poll(async () => {
        await somebodyElse.write(a, 'second')
        return list.data?.notes[0]?.text
      })
      .toBe('second')
  })

  it('comes back after a break, and what was missed is asked for', async () => {
    const { api, write, sockets } = await browser()
    await write(a, 'first')
    const list = show(api, NotesDocument, {})
    follow(api, NoteChangedDocument, { id: a })
    await expect.poll(() => api.socketIsUp).toBe(true)
    await expect.poll(() => list.data?.notes).toHaveLength(1)

    sockets.at(-1)?.terminate()
    await expect.poll(() => api.socketIsUp).toBe(false)
    await (await browser({ sameAs: api })).write(b, 'missed')
    await expect.poll(() => list.data?.notes).toHaveLength(2)
    expect(api.socketIsUp).toBe(true)
  })
})

describe('without the server', () => {
  it('what is shown stays, a mutation says so, and everything is asked again when it is back', async () => {
    const { api, network, write } = await browser()
    await write(a, 'first')
    const list = show(api, NotesDocument, {})
    await expect.poll(() => list.data?.notes).toHaveLength(1)
    const states: string[] = []
    undo.push(api.connection.watch(() => states.push(api.connection.state)))

    network.down = true
    const { problem } = await mutateWith(api.client, WriteNoteDocument, { id: a, text: 'lost' })
    expect(problem?.code).toBe('UNREACHABLE')
    list.again()
    await expect
      .poll(() => list.state())
      .toMatchObject({
        data: { notes: [{ text: 'first' }] },
        stale: true,
        error: { code: 'UNREACHABLE' },
      })
    expect(states).toEqual(['reconnecting'])

    await (await browser({ sameAs: api })).write(a, 'meanwhile')
    network.down = false
    await expect
      .poll(() => list.state())
      .toMatchObject({
        data: { notes: [{ text: 'meanwhile' }] },
        stale: false,
        error: undefined,
      })
    expect(states).toEqual(['reconnecting', 'online'])
  })
})

interface Network {
  down: boolean
  /** Requests wait for it. */
  held: Promise<void> | undefined
}

/** @returns what lets requests go on */
function hold(network: Network): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  network.held = promise
  return resolve
}

interface Sent {
  readonly query?: string
  readonly documentId?: string
  readonly variables?: Record<string, unknown>
}

const people = new Map<Api, SignedInClient>()

/** A browser in which somebody is signed in. @param options `sameAs`: somebody else in the same workspace */
async function browser({
  role = 'owner',
  cookie,
  sameAs,
}: {
  role?: 'owner' | 'viewer'
  cookie?: string
  sameAs?: Api
} = {}) {
  const workspace = sameAs && people.get(sameAs)?.workspaceId
  const person = await signIn(workspace ? { workspace, role: 'editor' } : { role })
  const headers = cookie ? { cookie } : person.headers
  const network: Network = { down: false, held: undefined }
  const sent: Sent[] = []
  const sockets: WebSocket[] = []
  const api = new Api({
    url: `${url}/graphql`,
    probeUrl: `${url}/healthz`,
    socketUrl: `${url.replace('http', 'ws')}/graphql`,
    fetch: async (address, init) => {
      if (network.down) throw new TypeError('fetch failed')
      await network.held
      if (typeof init?.body === 'string') sent.push(JSON.parse(init.body))
      return fetch(address, { ...init, headers: { ...init?.headers, ...headers } })
    },
    webSocket: class extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, protocols, { headers })
        sockets.push(this)
      }
    },
  })
  people.set(api, person)
  undo.push(() => void api.socket.dispose())
  const write = (id: string, text: string) => mutateWith(api.client, WriteNoteDocument, { id, text })
  return { api, network, sent, sockets, write }
}

function watch<Result, Variables>(
  api: Api,
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  { apart = false }: { apart?: boolean } = {},
) {
  return new WatchedQuery<Result>(api.client, requestOf(document, variables), contextOf(document, apart))
}

/** A component that shows a query. */
function show<Result, Variables>(
  api: Api,
  document: TypedDocument<Result, Variables>,
  variables: Variables,
  options: { apart?: boolean } = {},
) {
  const watched = watch(api, document, variables, options)
  const hide = watched.subscribe(() => {})
  undo.push(hide)
  return {
    state: watched.state,
    again: watched.again,
    hide,
    subscribe: watched.subscribe,
    get data() {
      return watched.state().data
    },
  }
}

function follow<Result, Variables>(api: Api, document: TypedDocument<Result, Variables>, variables: Variables) {
  const { unsubscribe } = api.client
    .executeSubscription(requestOf(document, variables), contextOf(document))
    .subscribe(() => {})
  undo.push(unsubscribe)
}

function globalId(id: string): string {
  return btoa(`Note:${id}`)
}
