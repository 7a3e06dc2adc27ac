import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineEvent, type ToldEvent, whenPublic } from '../../src/events/defineEvent.ts'
import { publicEvents } from '../../src/events/publicEvents.ts'
import { definePlugin } from '../../src/plugin/definePlugin.ts'
import { testDatabase } from '../../src/testing/database.ts'
import { testKernel } from '../../src/testing/kernel.ts'

const bedId = '0199b3c4-5d6e-7f80-8192-a3b4c5d6e7f8'
const watered = defineEvent({
  name: 'garden.watered',
  payload: z.object({
    bedId: z.uuid().describe('The bed.'),
    canIds: z.array(z.uuid()),
    helperId: z.uuid().nullable(),
    litres: z.number(),
    gardener: z.string(),
  }),
  key: ({ bedId }) => bedId,
  public: {
    description: { en: 'A bed was watered.', fr: 'Une planche a été arrosée.' },
    ids: { bedId: 'Bed', canIds: 'Can', helperId: 'Helper' },
    internal: ['gardener'],
    example: { bedId, canIds: [bedId], helperId: null, litres: 2, gardener: 'Ada' },
  },
})
const weeded = defineEvent({ name: 'garden.weeded', payload: z.object({ bedId: z.uuid() }) })

const heard: ToldEvent[] = []
const asked: string[] = []
const garden = definePlugin({ name: 'garden', events: [watered] })
const paper = definePlugin({
  name: 'paper',
  onPublic: whenPublic(
    (db, event) => {
      asked.push(event)
      return db.workspaceId === reader
    },
    async (event) => void heard.push(event),
  ),
})

const database = await testDatabase()
const { kernel } = await testKernel(database, [garden, paper])
let reader = ''
let stranger = ''
beforeAll(async () => {
  await kernel.start({ work: true })
  reader = await database.createWorkspace()
  stranger = await database.createWorkspace()
})
afterAll(() => kernel.stop())

const global = (type: string, id: string) => Buffer.from(`${type}:${id}`).toString('base64')
const payload = { bedId, canIds: [bedId], helperId: null, litres: 3, gardener: 'Ada' }
const publish = (workspaceId: string, litres: number) =>
  kernel.contexts.workspace(workspaceId, { type: 'system', name: 'test' }).publish(watered, { ...payload, litres })

describe('who hears all public events', () => {
  test('hears what is public of them: ids as the API has them, nothing that stays in the house', async () => {
    await publish(reader, 3)
    await expect.poll(() => heard.length).toBe(1)
    expect(heard[0]).toMatchObject({ name: 'garden.watered', key: `garden ${bedId}` })
    expect(heard[0]?.data).toEqual({
      bedId: global('Bed', bedId),
      canIds: [global('Can', bedId)],
      helperId: null,
      litres: 3,
    })
  })

  test('hears them in the order of publication, and of no workspace that it does not want', async () => {
    heard.length = 0
    for (let litres = 1; litres <= 5; litres++) {
      await publish(stranger, 100)
      await publish(reader, litres)
    }
    await expect.poll(() => heard.length).toBe(5)
    expect(heard.map(({ data }) => data.litres)).toEqual([1, 2, 3, 4, 5])
  })

  test('is not asked about events of the house', async () => {
    asked.length = 0
    await kernel.contexts.workspace(reader, { type: 'system', name: 'test' }).publish(weeded, { bedId })
    expect(asked).toEqual([])
  })

  test('is not asked about one that is in no plugin’s list: publishing it says so', async () => {
    const unlisted = defineEvent({ ...watered, name: 'garden.raked' })
    await expect(
      kernel.contexts.workspace(reader, { type: 'system', name: 'test' }).publish(unlisted, payload),
    ).rejects.toThrow('Put it into the `events` of its plugin')
  })
})

describe('a public event', () => {
  const of = (event: object) => () =>
    publicEvents([{ plugin: 'garden', title: { en: 'Garden', fr: 'Jardin' }, events: [{ ...watered, ...event }] }])

  test('is described for receivers: the schema fits the example, and knows nothing that stays in the house', () => {
    const event = publicEvents([{ plugin: 'garden', title: { en: 'Garden', fr: 'Jardin' }, events: [watered] }]).get(
      'garden.watered',
    )
    expect(event?.schema).toMatchObject({
      type: 'object',
      properties: {
        bedId: { type: 'string', description: 'The bed.' },
        canIds: { type: 'array', items: { type: 'string' } },
        helperId: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        litres: { type: 'number' },
      },
    })
    expect(Object.keys(event?.example ?? {})).toEqual(Object.keys(event?.schema.properties as object))
  })

  test.each([
    ['of another plugin’s name', { name: 'shed.opened' }, 'must be named "garden."'],
    ['that says nothing for others', { public: undefined }, 'Give it `public`'],
    ['whose payload is no object', { payload: z.string() }, 'no z.object'],
    ['whose example does not fit', { public: { ...watered.public, example: { litres: 'two' } } }, 'payload refuses'],
    ['that names a field it has not', { public: { ...watered.public, ids: { treeId: 'Tree' } } }, '"treeId"'],
  ])('%s does not start', (_what, event, message) => {
    expect(of(event)).toThrow(message)
  })

  test('of a name that is taken does not start', () => {
    expect(() =>
      publicEvents([{ plugin: 'garden', title: { en: 'Garden', fr: 'Jardin' }, events: [watered, watered] }]),
    ).toThrow('garden.watered')
  })
})
