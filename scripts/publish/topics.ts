/** A page of the reference: what one wants to do, and the sources whose exports do it. */
export interface Topic {
  /** Relative to docs/reference. */
  readonly page: string
  readonly title: string
  readonly purpose: string
  /** The door, and the files below its package's `src/` (`jobs/`, `clock`) by how their paths begin; none: all of the door's. */
  readonly door: string
  readonly sources?: readonly string[]
}

/** The pages of the reference, in the order in which somebody who writes a plugin meets them. */
export const topics: readonly Topic[] = [
  {
    page: 'core/plugins.md',
    title: 'Define a plugin',
    purpose: 'The table of contents of a plugin, its settings, and the host that its service is made with.',
    door: 'core',
    sources: ['plugin/', 'installation/', 'health/', 'limits/', 'version'],
  },
  {
    page: 'core/data.md',
    title: 'Read and write data',
    purpose: 'The context that everything works with, SQL, transactions, and what was saved meanwhile.',
    door: 'core',
    sources: ['context', 'workspaceContext', 'data/', 'savedMeanwhile', 'batchedCounts', 'checkInput', 'uuid'],
  },
  {
    page: 'core/graphql.md',
    title: 'Add to the GraphQL API',
    purpose: 'Types, lists, filters and who may see a field.',
    door: 'core',
    sources: ['schema/'],
  },
  {
    page: 'core/jobs-and-events.md',
    title: 'Work in the background, and hear what happens',
    purpose: 'Jobs, schedules, and events between plugins and to the outside.',
    door: 'core',
    sources: ['jobs/', 'events/'],
  },
  {
    page: 'core/live.md',
    title: 'Stream live data, and remember answers',
    purpose: 'Topics for subscriptions, and values with tags.',
    door: 'core',
    sources: ['live/', 'cache/'],
  },
  {
    page: 'core/http.md',
    title: 'Answer over HTTP, and ask others',
    purpose: 'Routes, requests to addresses that somebody typed in, exports as files.',
    door: 'core',
    sources: ['http/', 'exports/', 'awaitable'],
  },
  {
    page: 'core/access.md',
    title: 'Know who asks, keep secrets, sign',
    purpose: 'Principals and permissions, sealed secrets, signed tokens, the audit trail.',
    door: 'core',
    sources: ['access/', 'apiUse/', 'trustedDocuments/', 'idempotency/'],
  },
  {
    page: 'core/errors.md',
    title: 'Refuse',
    purpose: 'Errors that are part of an answer: each has a code, a sentence in both languages and a status.',
    door: 'core',
    sources: ['errors', 'unavailable', 'redisUnreachable', 'tooSlow'],
  },
  {
    page: 'core/time-and-words.md',
    title: 'Time, chance and words',
    purpose: 'What is injected so that tests can set it, and text for people in English and French.',
    door: 'core',
    sources: ['clock', 'random', 'timeZone', 'told', 'schemaWords', 'repeatedLog'],
  },
  {
    page: 'core/testing.md',
    title: 'Test a plugin',
    purpose: 'A kernel with plugins on a database of its own: `@espalier/core/testing`.',
    door: 'core-testing',
  },
  {
    page: 'core/server.md',
    title: 'Run a kernel',
    purpose:
      'For the program that puts kernel and plugins together: `@espalier/core/server`. A plugin does not need it.',
    door: 'core-server',
  },
  {
    page: 'core/installation.md',
    title: 'Name the plugins of an installation',
    purpose: '`espalier.config.ts`: `@espalier/core/installation`.',
    door: 'core-installation',
  },
  {
    page: 'admin-kit/pages.md',
    title: 'Pages and navigation',
    purpose: 'What a plugin adds to the web app, addresses and links.',
    door: 'admin-kit',
    sources: ['plugin/', 'routing/'],
  },
  {
    page: 'admin-kit/data.md',
    title: 'Ask and change',
    purpose: 'Queries, mutations and subscriptions; lists with search, filters and bulk actions; forms.',
    door: 'admin-kit',
    sources: ['client/', 'list/', 'forms/'],
  },
  {
    page: 'admin-kit/components.md',
    title: 'Components',
    purpose: 'Buttons, fields, dialogs, menus, layout.',
    door: 'admin-kit',
    sources: ['components/'],
  },
  {
    page: 'admin-kit/charts.md',
    title: 'Charts and dashboards',
    purpose: 'Charts that can be read aloud and walked by keyboard, figures, ranges of time, decisions that wait.',
    door: 'admin-kit',
    sources: ['charts/', 'dashboard/'],
  },
  {
    page: 'admin-kit/language.md',
    title: 'Languages and look',
    purpose: 'Messages, dates and numbers in English and French; the theme.',
    door: 'admin-kit',
    sources: ['language/', 'theme/'],
  },
  { page: 'client.md', title: 'The client', purpose: 'Asks the API from Node and from browsers.', door: 'client' },
  {
    page: 'client-site.md',
    title: 'The client of sites',
    purpose: 'Events and variants, in the pages of a site.',
    door: 'client-site',
  },
]

/**
 * The page that describes an export.
 *
 * @param file the declaration file, relative to the package, such as `src/jobs/defineJob.d.ts`
 */
export function topicOf(door: string, file: string): Topic | undefined {
  const source = file.replace(/^src\//, '')
  return topics.find(
    (topic) =>
      topic.door === door &&
      (topic.sources === undefined ||
        topic.sources.some((start) => source === `${start}.d.ts` || (start.endsWith('/') && source.startsWith(start)))),
  )
}
