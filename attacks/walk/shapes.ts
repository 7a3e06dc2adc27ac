type Shape = string | number | boolean | object | null | ((text: string) => unknown)

const page = (text: string) => ({
  root: { props: { title: text } },
  content: [{ type: 'Hero', props: { id: 'hero', title: text, subtitle: text } }],
})

const actor = (text: string) => ({ type: 'user', kind: 'user', name: text })

/** An id that says whose it is, of whoever the text is of: see idOf. */
const idIn = (text: string) => `00000000-0000-7000-8000-${text[1]}0${text[1]}000000000`

/** Values that a column has to have for its row to be read at all, where neither the catalog nor the schema says so. */
export const shapes: Readonly<Record<string, Shape>> = {
  'Member.role': 'owner',
  'AiCall.messages': (text: string) => [{ role: 'user', content: text }],
  'ApiKey.permissions': '{"pages":["read"]}',
  'ApiOperation.schema': 'admin',
  'ApiUsage.schema': 'admin',
  'DeprecatedUse.schema': 'admin',
  'TrustedDocument.schema': 'admin',
  'DailyReport.content': (text: string) => ({
    ...{ day: '2026-01-01', date: text, empty: false },
    sections: [{ name: text, heading: text, items: [{ text, link: text }] }],
    chart: [{ label: text, value: 1, text, width: 1 }],
  }),
  'ExperimentDecision.actor': actor,
  'ExperimentPhase.actor': actor,
  'Image.key': (text: string) => text.padEnd(32, '0'),
  'MailMessage.toAddress': (text: string) => `${text}@example.com`,
  'MailSuppression.address': (text: string) => `${text}@example.com`,
  'Invitation.email': (text: string) => `${text}@example.com`,
  'MailTemplate.name': (text: string) => `walk.${text}`,
  'Prompt.name': (text: string) => `walk.${text}`,
  'TrackingSession.experiments': (text: string) => ({ [idIn(text)]: idIn(text) }),
  'PageRollout.steps': [0.5, 1],
  'PageRevision.changes': (text: string) => [{ kind: 'changed', path: text, block: text }],
  'PageVariant.content': page,
  'PageRevision.content': page,
  'PageCandidate.content': page,
}

/** The same for columns of a name, in whatever table. */
export const byName: Readonly<Record<string, Shape>> = {
  timeZone: 'UTC',
  language: 'en',
  locale: 'en',
}
