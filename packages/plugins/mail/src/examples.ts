import type { ApiExample } from '@espalier/core'

/** What an integration asks of mail, to open in GraphiQL. */
export const examples: readonly ApiExample[] = [
  {
    title: { en: 'Messages that did not arrive', fr: 'Messages qui ne sont pas arrivés' },
    document: `query Undelivered {
  mailMessages(filter: { state: [BOUNCED, FAILED] }, first: 20) {
    nodes { queuedAt template toAddress state errorCode errorMessage }
    totalCount
  }
}`,
  },
  {
    title: { en: 'Sent, opened and clicked, by day', fr: 'Envoyés, ouverts et cliqués, par jour' },
    document: `query MailByDay($from: DateTime!, $until: DateTime!) {
  mailDays(from: $from, until: $until, timeZone: "Europe/Paris") { day sent delivered opened clicked bounced }
}`,
    variables: { from: '2026-11-01T00:00:00Z', until: '2026-11-30T00:00:00Z' },
  },
  {
    title: { en: 'Write to an address no more', fr: 'Ne plus écrire à une adresse' },
    document: `mutation Suppress($input: SuppressAddressInput!) {
  suppressAddress(input: $input) {
    __typename
    ... on InvalidInputError { issues { path message } }
    ... on Error { code message }
  }
}`,
    variables: { input: { address: 'ada@example.com' } },
  },
]
