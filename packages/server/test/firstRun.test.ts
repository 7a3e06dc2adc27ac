import { sql } from '@espalier/core'
import { servedKernel } from '@espalier/core/testing'
import { expect, test } from 'vitest'
import { furnish } from '../src/demo/furnish.ts'
import { installedPlugins } from '../src/plugins.ts'

const plugins = await installedPlugins()

const { kernel, url } = await servedKernel(plugins, { furnish })
const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'

async function ask(query: string, variables: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'http://espalier.test', ...headers },
    body: JSON.stringify({ query, variables }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, compared with what is expected of each
  const { data, errors } = (await response.json()) as { data?: any; errors?: object[] }
  expect(errors).toBeUndefined()
  return { data, cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '' }
}

const visit = async (page: string) => {
  const response = await fetch(url + new URL(page).pathname, { headers: { 'user-agent': chrome } })
  return { status: response.status, html: await response.text() }
}

test('the first run ends on a page that is live, in the owner’s language, and on a demo with four weeks of visitors apart from it', async () => {
  const { data, cookie } = await ask(
    `mutation ($input: SetUpInput!) { setUp(input: $input) { ... on Error { message } ... on SetUpSuccess { data {
       workspace { id slug } page { url title } demo { workspace { id slug } page { url } } } } } }`,
    {
      input: {
        ...{ token: kernel.firstRun.token, name: 'Ada', email: 'ada@example.com', password: 'correct horse battery' },
        ...{ workspaceName: 'Le Verger', locale: 'fr', timeZone: 'Europe/Paris', demo: true },
      },
    },
  )
  const { workspace, page, demo } = data.setUp.data
  expect([workspace.slug, page.title, demo.workspace.slug]).toEqual(['le-verger', 'Le Verger', 'demo'])
  const own = await visit(page.url)
  expect(own.status).toBe(200)
  expect(own.html).toContain('lang="fr"')
  expect((await visit(demo.page.url)).html).toContain('inscri')

  const filling = 'query ($id: ID!) { demoFilling(workspace: $id) { state days of } }'
  const seen: number[] = []
  await expect
    .poll(
      async () => {
        const { demoFilling } = (await ask(filling, { id: demo.workspace.id }, { cookie })).data
        seen.push(demoFilling.days)
        return demoFilling
      },
      { timeout: 90_000, interval: 100 },
    )
    .toEqual({ state: 'DONE', days: 28, of: 28 })
  // It grew, and never fell.
  expect(seen).toEqual([...seen].sort((one, other) => one - other))
  expect(new Set(seen).size).toBeGreaterThan(2)
  expect((await ask(filling, { id: workspace.id }, { cookie })).data.demoFilling).toBeNull()

  const inDemo = { cookie, 'x-espalier-workspace': 'demo' }
  const jobs = '{ jobs(filter: { type: { equals: "demo.write-history" } }) { nodes { status result } } }'
  await expect
    .poll(async () => (await ask(jobs, {}, inDemo)).data.jobs.nodes[0], { timeout: 90_000, interval: 500 })
    .toMatchObject({ status: 'COMPLETED', result: { events: expect.any(Number) } })

  const until = new Date()
  const from = new Date(until.getTime() - 29 * 24 * 3600_000)
  const metrics = `query ($from: DateTime!, $until: DateTime!) { metrics(from: $from, to: $until) {
    visitors series(granularity: DAY) { at visitors } } plugins { name settings } }`
  const counted = await ask(metrics, { from, until }, inDemo)
  const { visitors: people, series } = counted.data.metrics
  expect(people).toBeGreaterThan(2_000)
  expect(series.filter(({ visitors }: { visitors: number }) => visitors > 30).length).toBeGreaterThanOrEqual(27)
  expect(counted.data.plugins.find(({ name }: { name: string }) => name === 'tracking').settings.timeZone).toBe(
    'Europe/Paris',
  )
  const owned = await ask(metrics, { from, until }, { cookie })
  expect(owned.data.metrics.visitors).toBe(0)

  const experiments = '{ experiments { nodes { name status startedAt variants { key } } } }'
  const [experiment] = (await ask(experiments, {}, inDemo)).data.experiments.nodes
  expect(experiment).toMatchObject({ name: 'Quel titre fait s’inscrire les gens ?', status: 'RUNNING' })
  const [{ exposed } = { exposed: 0 }] = await kernel.access.system.query<{ exposed: number }>(
    sql`select count(*)::int as "exposed" from "ExperimentExposure"`,
  )
  expect(exposed).toBeGreaterThan(1_000)

  const { data: health } = await ask('{ systemHealth { parts { key state figures { value unit } } } }', {}, { cookie })
  const collector = health.systemHealth.parts.find(({ key }: { key: string }) => key === 'tracking.collector')
  expect(collector).toMatchObject({ state: 'OK', figures: [{ unit: 'PER_MINUTE' }, { value: 0, unit: 'COUNT' }] })
}, 120_000)
