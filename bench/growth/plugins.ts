import { type Installation, openInstallation } from './installation.ts'
import { compareSizes, type Sized } from './questions.ts'

/** Three plugins and thirty, asked what both know. */
export async function growPlugins(): Promise<void> {
  await using few = await openInstallation({ plugins: 3 })
  await using many = await openInstallation({ plugins: 30 })
  await compareSizes(
    {
      key: 'growth-plugins',
      title: '3 plugins → 30 plugins',
      notes: [
        'Three of the product (tracking, experiments, landing-pages); the other 27 are generated, each with a type, a field of the query, two handlers of events, a scheduled job, a route and a setting. Over HTTP, with a session.',
        ...[sized(few, '3 plugins'), sized(many, '30 plugins')].map(({ note }) => note),
      ],
    },
    sized(few, '3 plugins'),
    sized(many, '30 plugins'),
    1.2,
  )
}

/** What an installation is asked, whatever it has grown by. */
export function sized(installation: Installation, name: string): Sized & { note: string } {
  const { ask, collect, cpu, startedIn, memory } = installation
  return {
    name,
    cpu,
    note: `${name}: ${(startedIn / 1000).toFixed(1)} s from nothing to the first answer, ${Math.round(memory / 2 ** 20)} MiB in memory then.`,
    questions: {
      'a list': ask(`{ trackingSites(first: 20) { totalCount nodes { id name key createdAt } } }`),
      'lists of three plugins': ask(
        `{ trackingSites(first: 5) { nodes { id } } experiments(first: 5) { nodes { id } } pages(first: 5) { nodes { id } } }`,
      ),
      'metrics of a week': ask(`{ metrics { pageviews visitors sessions split(by: CHANNEL) { value visitors } } }`),
      'newest events': ask(`{ trackingEvents(first: 20) { nodes { id name at } } }`),
      'an event taken in': collect,
    },
  }
}
