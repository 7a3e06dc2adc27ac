import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signIn } from './apiClient.ts'
import { newDataFolder, type Product, removeDataFolder, runCli, startProduct } from './product.ts'

describe('npm run demo:traffic', () => {
  let product: Product

  beforeAll(async () => {
    product = await startProduct({ dataFolder: await newDataFolder() })
  })
  afterAll(async () => {
    await product?.stop()
    await removeDataFolder(product.dataFolder)
  })

  test('ends with the counts that GraphQL shows, after a line for every tenth of the way', async () => {
    const run = runCli(['demo:traffic', '--visitors', '60', '--per-second', '200', '--url', product.url], {})
    expect(await run.ended, run.output()).toBe(0)
    const lines = run.output().trim().split('\n')
    expect(lines.map((line) => /(\d+)\/60 visitors/.exec(line)?.[1])).toEqual([
      '6',
      '12',
      '18',
      '24',
      '30',
      '36',
      '42',
      '48',
      '54',
      '60',
    ])
    const [, clicked, converted] = /60\/60 visitors, (\d+) clicked, (\d+) signed up$/.exec(lines.at(-1) ?? '') ?? []
    expect(Number(clicked)).toBeGreaterThan(0)

    const api = await signIn(product)
    const { experiment, metrics } = await api.ask<{
      experiment: { results: { exposures: number; goal: { sum: number } } }
      metrics: { visitors: number; pageviews: number; clicks: number; conversions: number }
    }>(
      `{
        experiment(key: "headline") { results { exposures goal { sum } } }
        metrics { visitors pageviews clicks conversions }
      }`,
    )
    expect(experiment.results).toEqual({ exposures: 60, goal: { sum: Number(converted) } })
    expect(metrics).toEqual({
      visitors: 60,
      pageviews: 60,
      clicks: Number(clicked),
      conversions: Number(converted),
    })
  })

  test.each([
    [['--visitors', '0'], '--visitors is "0". It takes a whole number from 1 to 1000000. [OPTION_INVALID]'],
    [['--per-second', 'fast'], '--per-second is "fast". It takes a whole number from 1 to 1000. [OPTION_INVALID]'],
    [['--url', 'here'], '--url is "here". It takes an address, such as http://127.0.0.1:4000. [OPTION_INVALID]'],
    [
      ['--url', 'http://127.0.0.1:1'],
      'Nothing answers at http://127.0.0.1:1. Start the server first: npm start. [SERVER_UNREACHABLE]',
    ],
    [['--visitor', '5'], "Unknown option '--visitor' [ERR_PARSE_ARGS_UNKNOWN_OPTION]"],
  ])('%j is refused in one line', async (args, line) => {
    const run = runCli(['demo:traffic', ...args], {})
    expect(await run.ended).toBe(1)
    expect(run.output()).toBe(`${line}\n`)
  })

  test('a page that is not there is refused in one line', async () => {
    const run = runCli(['demo:traffic', '--url', product.url, '--page', '/p/demo/none'], {})
    expect(await run.ended).toBe(1)
    expect(run.output()).toMatch(/^http:\S+\/p\/demo\/none answers 404\. Give the path .* \[PAGE_MISSING\]\n$/)
  })
})
