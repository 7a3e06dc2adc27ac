import { hasRedis, servedKernel, TestRedis } from '@espalier/core/testing'
import experiments from '@espalier/experiments'
import tracking from '@espalier/tracking'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, describe, expect, test } from 'vitest'
import landingPages from '../src/index.ts'
import { PublishedPages } from '../src/publishedPages.ts'

const redis = hasRedis() ? await TestRedis.start() : undefined
afterAll(() => redis?.stop())

/** A clock that stands still unless it is told to go on. */
const clock = { time: Date.now(), now: () => new Date(clock.time) }
const plugins = [tracking, experiments, landingPages]
const { kernel, createWorkspace } = await servedKernel(plugins, { clock, redisUrl: redis?.url })
/** For its connection to Redis: the other process's. */
const other = await servedKernel(plugins, { redisUrl: redis?.url })

const content = (title: string) => ({
  root: { props: { title: 'T' } },
  content: [{ type: 'Hero', props: { id: 'h', title } }],
})

/** A page, and what another process on the same database gives to its visitors. */
async function publishedTo(live: typeof kernel.live) {
  const context = kernel.contexts.workspace(await createWorkspace(), { type: 'system', name: 'test' })
  const pages = kernel.service(landingPages)
  const slug = `p-${uuidv7()}`
  const { id } = await pages.create(context, { slug, title: 'T', variants: [{ key: 'a', content: content('First') }] })
  await pages.publish(context, id)
  const elsewhere = new PublishedPages({ publicUrl: 'https://example.com', catalog: pages.catalog, live })
  const headline = async () =>
    /<h1>(.*?)<\/h1>/.exec((await elsewhere.find(context, 'w', slug))?.variants[0]?.document.afterTracker ?? '')?.[1]
  const publish = async (title: string) => {
    await pages.update(context, id, { variants: [{ key: 'a', content: content(title) }] })
    await pages.publish(context, id)
  }
  return { headline, publish, archive: () => pages.archive(context, id), elsewhere, context, slug }
}

describe('a publication in one process reaches the visitors of another', () => {
  test.skipIf(!redis)('at once, over Redis', async () => {
    const { headline, publish, archive, elsewhere } = await publishedTo(other.kernel.live)
    expect(await headline()).toBe('First')
    // From here on the clock stands still: nothing grows old, only what is announced counts.
    await expect
      .poll(
        async () => {
          await publish('Second')
          return headline()
        },
        { interval: 500 },
      )
      .toBe('Second')
    await archive()
    await expect.poll(headline).toBeUndefined()
    elsewhere.close()
  })

  test('within a second, where nothing announces it', async () => {
    const { headline, publish, elsewhere } = await publishedTo(other.kernel.live)
    expect(await headline()).toBe('First')
    // It no longer listens.
    elsewhere.close()
    await publish('Second')
    clock.time += 1_000
    expect(await headline()).toBe('Second')
    elsewhere.close()
  })
})

test('a page that people come to all the time is read anew beside their visits, before it is too old to be served', async () => {
  const { headline, publish, elsewhere } = await publishedTo(other.kernel.live)
  expect(await headline()).toBe('First')
  elsewhere.close()
  await publish('Second')
  // From here on the clock stands still: what is known stays fresh.
  clock.time += 600
  expect(await headline()).toBe('First')
  await expect.poll(headline).toBe('Second')
  elsewhere.close()
})

test('whoever tries out thousands of addresses pushes no page from memory', async () => {
  const { headline, elsewhere, context, slug } = await publishedTo(kernel.live)
  expect(await headline()).toBe('First')
  const { workspaceId, log } = context
  const asking = (query: () => Promise<unknown[]>) =>
    ({ workspaceId, log, clock, db: { query } }) as unknown as typeof context
  const nothing = asking(async () => [])
  for (let index = 0; index < 2_100; index++) await elsewhere.find(nothing, 'w', `guess-${index}`)
  const away = asking(async () => Promise.reject(new Error('The database is away')))
  expect((await elsewhere.find(away, 'w', slug))?.variants[0]?.document.afterTracker).toContain('First')
  await expect(elsewhere.find(away, 'w', 'another')).rejects.toThrow('away')
  elsewhere.close()
})
