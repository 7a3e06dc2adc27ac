import { expect, test } from 'vitest'
import { servedKernel } from '../../src/testing/index.ts'

const { signIn } = await servedKernel([])

const save = `mutation ($input: SaveViewInput!) { saveView(input: $input) {
  ... on SaveViewSuccess { data { id name state shared mine ownerName } }
  ... on Error { __typename code message } } }`
const remove = `mutation ($id: ID!) { deleteView(id: $id) {
  ... on DeleteViewSuccess { data { id } } ... on Error { code message } } }`
const views = '{ savedViews(list: "pages") { id name shared mine } }'

type Client = Awaited<ReturnType<typeof signIn>>
interface Saved {
  data?: { id: string; name: string; state: unknown; shared: boolean; mine: boolean; ownerName: string }
  code?: string
  message?: string
}
const saveAs = async (client: Client, input: object) =>
  (
    await client.ask<{ saveView: Saved }>(save, {
      input: { list: 'pages', name: 'Drafts', state: { q: 'draft' }, shared: false, ...input },
    })
  ).saveView
const seenBy = async (client: Client) =>
  (await client.ask<{ savedViews: { name: string; mine: boolean }[] }>(views)).savedViews

test('a viewer keeps views for themselves; others neither see nor change them', async () => {
  const viewer = await signIn({ role: 'viewer' })
  const other = await signIn({ role: 'owner', workspace: viewer.workspaceId })
  const saved = await saveAs(viewer, {})
  expect(saved.data).toMatchObject({ name: 'Drafts', state: { q: 'draft' }, shared: false, mine: true })
  expect(await seenBy(viewer)).toHaveLength(1)
  expect(await seenBy(other)).toEqual([])
  expect(await saveAs(other, { id: saved.data?.id, name: 'Taken over' })).toMatchObject({ code: 'NOT_FOUND' })
  expect(await other.ask(remove, { id: saved.data?.id })).toMatchObject({ deleteView: { code: 'NOT_FOUND' } })
  expect(await viewer.ask(remove, { id: saved.data?.id })).toMatchObject({
    deleteView: { data: { id: saved.data?.id } },
  })
  expect(await seenBy(viewer)).toEqual([])
})

test('sharing takes the permission; what is shared, all see and editors change, and only its maker takes it back', async () => {
  const maker = await signIn({ role: 'editor' })
  const [editor, viewer] = await Promise.all([
    signIn({ role: 'editor', workspace: maker.workspaceId }),
    signIn({ role: 'viewer', workspace: maker.workspaceId }),
  ])
  expect(await saveAs(viewer, { shared: true })).toMatchObject({
    code: 'FORBIDDEN',
    message: expect.stringContaining('settings:write'),
  })
  const { data } = await saveAs(maker, { shared: true })
  expect(await seenBy(viewer)).toEqual([{ id: data?.id, name: 'Drafts', shared: true, mine: false }])
  expect(await saveAs(viewer, { id: data?.id, shared: true })).toMatchObject({ code: 'FORBIDDEN' })
  expect(await viewer.ask(remove, { id: data?.id })).toMatchObject({ deleteView: { code: 'FORBIDDEN' } })
  expect((await saveAs(editor, { id: data?.id, name: 'All drafts', shared: true })).data).toMatchObject({
    name: 'All drafts',
    mine: false,
  })
  expect(await saveAs(editor, { id: data?.id, shared: false })).toMatchObject({ code: 'FORBIDDEN' })
  expect((await saveAs(maker, { id: data?.id, shared: false })).data).toMatchObject({ shared: false, mine: true })
  expect(await seenBy(viewer)).toEqual([])
})

test('another workspace sees nothing, not even of the same person', async () => {
  const one = await signIn({ role: 'owner' })
  const elsewhere = await signIn({ role: 'owner' })
  const { data } = await saveAs(one, { shared: true })
  expect(await seenBy(elsewhere)).toEqual([])
  expect(await saveAs(elsewhere, { id: data?.id, shared: true })).toMatchObject({ code: 'NOT_FOUND' })
})

test('a name that is taken, a state that is too large and the fifty-first view are refused with the way out', async () => {
  const person = await signIn({ role: 'viewer' })
  await saveAs(person, {})
  expect(await saveAs(person, {})).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('"Drafts"') })
  expect(await saveAs(person, { name: 'Big', state: { q: 'x'.repeat(9_000) } })).toMatchObject({
    code: 'INVALID_INPUT',
  })
  expect(await saveAs(person, { name: 'Odd', state: 'text' })).toMatchObject({ code: 'INVALID_INPUT' })
  for (let index = 1; index < 50; index++) await saveAs(person, { name: `View ${index}` })
  expect(await saveAs(person, { name: 'One more' })).toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('50'),
  })
  await person.ask('mutation { updateViewer(input: { locale: "fr" }) { __typename } }')
  expect((await saveAs(person, { name: 'Encore une' })).message).toContain('la limite')
})

test('what a person kept for themselves goes when they leave; what they shared stays, with nobody’s name', async () => {
  const owner = await signIn({ role: 'owner' })
  const leaver = await signIn({ role: 'editor', workspace: owner.workspaceId })
  await saveAs(leaver, { name: 'Own' })
  await saveAs(leaver, { name: 'Everybody’s', shared: true })
  await leaver.ask('mutation { leaveWorkspace { __typename } }')
  const { savedViews } = await owner.ask<{ savedViews: object[] }>('{ savedViews(list: "pages") { name ownerName } }')
  expect(savedViews).toEqual([{ name: 'Everybody’s', ownerName: null }])
  await saveAs(owner, { name: 'Everybody’s', shared: false })
  expect(await seenBy(owner)).toHaveLength(2)
})
