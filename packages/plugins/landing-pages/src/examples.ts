import type { ApiExample } from '@espalier/core'

/** What an integration asks of landing pages, to open in GraphiQL. */
export const examples: readonly ApiExample[] = [
  {
    title: { en: 'Pages that are live, with their traffic', fr: 'Pages en ligne, avec leur trafic' },
    document: `query LivePages($days: Int!) {
  pages(filter: { status: [ACTIVE] }, first: 20) {
    nodes {
      slug
      title
      url
      language
      variants { key status performanceScore }
      traffic(days: $days) { total { visitors conversions conversionRate } previous { conversionRate } }
    }
  }
}`,
    variables: { days: 28 },
  },
  {
    title: { en: 'What people sent with forms', fr: 'Ce qui a été envoyé par formulaire' },
    document: `query Submissions {
  formSubmissions(first: 20) {
    nodes { createdAt form values status page { slug } }
    totalCount
  }
}`,
  },
  {
    title: { en: 'Blocks that pages are made of', fr: 'Blocs dont les pages sont faites' },
    document: `query Blocks {
  pageBlocks { type label purpose description }
}`,
  },
]
