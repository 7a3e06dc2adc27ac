import type { Belongings } from './belongings.ts'

type Value = string | number | boolean | readonly unknown[] | Record<string, unknown> | ((whose: Belongings) => unknown)

const content = (whose: Belongings) => ({
  root: { props: { title: whose.text('Page', 'title') } },
  content: [{ type: 'Hero', props: { id: 'hero', title: 'A headline', subtitle: 'And what follows.' } }],
})

let made = 0

/** By coordinate: what a mutation has to be given to get as far as it can, where a text of anybody's would be refused. */
const byCoordinate: Readonly<Record<string, Value>> = {
  'AddPromptCaseInput.expectation': { checks: [{ check: 'contains', values: ['pear'] }] },
  'Mutation.addPromptCaseFromExecution(expectation:)': { checks: [{ check: 'contains', values: ['pear'] }] },
  'AlertRuleInput.metric': 'tracking.visitors',
  'AlertRuleInput.threshold': 3,
  'ChangeRunningExperimentInput.coverage': 0.5,
  'CreateApiKeyInput.scopes': ['pages:read'],
  'CreateExperimentInput.variants': [
    { key: 'one', name: 'One' },
    { key: 'two', name: 'Two' },
  ],
  'CreateExperimentInput.goal': 'signup',
  'CreateExperimentMetricInput.event': 'signup',
  'CreateExperimentMetricInput.key': () => `new-${made++}`,
  'CreatePageInput.slug': () => `new-${made++}`,
  'CreatePageInput.variants': (whose: Belongings) => [{ key: 'original', content: content(whose) }],
  'CreatePromptInput.name': () => `walk.new-${made++}`,
  'CreateTrackingSiteInput.name': () => `new-${made++}`,
  'CreateWorkspaceInput.slug': () => `new-${made++}`,
  'ImportSuppressionsInput.addresses': ['ada@example.com'],
  'InviteMemberInput.email': () => `new-${made++}@example.com`,
  'Mutation.forceWinner(variant:)': (whose: Belongings) => whose.text('ExperimentVariant', 'key'),
  'Mutation.prepareExperimentImport(export:)': { features: { plain: { defaultValue: true } } },
  'Mutation.updatePageVariant(content:)': content,
  'Mutation.updatePluginSettings(plugin:)': 'experiments',
  'NotificationPreferenceInput.kind': 'newVariant',
  'PageVariantInput.content': content,
  'PageVariantInput.key': () => `new-${made++}`,
  'Query.costs(until:)': '2026-01-01',
  'Query.renderBlocks(blocks:)': [
    { type: 'Hero', props: { id: 'hero', title: 'A headline', subtitle: 'And what follows.' } },
  ],
  'RecordFeedbackInput.predicted': { outcome: 'positive' },
  'SaveMailTemplateInput.name': () => `walk.new-${made++}`,
  'SaveViewInput.name': () => `new-${made++}`,
  'Subscription.changes(types:)': [
    'Page',
    'PageVariant',
    'Experiment',
    'TrackingSite',
    'MailTemplate',
    'WebhookEndpoint',
  ],
  'TrustedDocumentInput.text': '{ workspace { name } }',
}

/** By the name of an argument or of a field of an input. */
const byName: Readonly<Record<string, Value>> = {
  language: 'en',
  locale: 'en',
  timeZone: 'UTC',
  month: '2026-01',
  country: 'FR',
  currency: 'EUR',
  environment: 'production',
  password: 'a password that is long enough',
  email: (whose: Belongings) => `${whose.text('User', 'email')}`,
  address: (whose: Belongings) => `${whose.text('User', 'email')}`,
  url: (whose: Belongings) => `https://q${whose.mark}7x.example.com/`,
}

/** An ordinary value for a place of the arguments; undefined where any text will do. */
export function plausible(coordinate: string, name: string): Value | undefined {
  return byCoordinate[coordinate] ?? byName[name]
}

/** Places whose value is given as a whole, whatever stands in it. */
plausible.whole = new Set(Object.keys(byCoordinate))

/** What names somebody in a place of this name, where any text of theirs would be refused for its form. */
plausible.named = (name: string): ((whose: Belongings) => unknown) | undefined => {
  const value = byName[name]
  return typeof value === 'function' ? value : undefined
}
