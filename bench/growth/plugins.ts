import type pg from 'pg'
import { compareStarts, type Installation, openInstallation } from './installation.ts'
import { compareSizes, type Sized } from './questions.ts'
import { filled, fillWorkspaces } from './workspaceRows.ts'

/** Three plugins and thirty, asked what both know. */
export async function growPlugins(): Promise<void> {
  const fill = (owner: pg.Client) => fillWorkspaces(owner, 10)
  await using few = await openInstallation({ plugins: 3, fill })
  await using many = await openInstallation({ plugins: 30, fill })
  await compareSizes(
    {
      key: 'growth-plugins',
      title: '3 plugins → 30 plugins',
      notes: [
        'Three of the product (tracking, experiments, landing-pages); the other 27 are generated, each with a type, a field of the query, two handlers of events, a scheduled job, a route and a setting.',
        filled,
        await compareStarts(few, many, ['3 plugins', '30 plugins']),
      ],
    },
    sized(few, '3 plugins'),
    sized(many, '30 plugins'),
    { atMost: 1.2, alike: true },
  )
}

/** What an installation is asked, whatever it has grown by. */
export function sized(installation: Installation, name: string): Sized {
  const { ask, collect, cpu } = installation
  return {
    name,
    cpu,
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
