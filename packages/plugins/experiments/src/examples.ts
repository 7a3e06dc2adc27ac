import type { ApiExample } from '@espalier/core'

/** What an integration asks of experiments, to open in GraphiQL. */
export const examples: readonly ApiExample[] = [
  {
    title: { en: 'Running experiments and their verdicts', fr: 'Expériences en cours et leurs verdicts' },
    document: `query RunningExperiments {
  experiments(filter: { status: [RUNNING] }, first: 20) {
    nodes {
      key
      name
      startedAt
      variants { key name weight }
      verdict { state reason variant }
    }
  }
}`,
  },
  {
    title: { en: 'Results of experiments', fr: 'Résultats des expériences' },
    document: `query Results {
  experiments(first: 5) {
    nodes {
      key
      results {
        exposures
        sampleRatio { pValue alarm }
        goal {
          metric { name }
          variants { variant { key } exposures mean interval { __typename } chanceToBeBest }
        }
      }
    }
  }
}`,
  },
  {
    title: { en: 'How many people an experiment needs', fr: 'Combien de personnes il faut à une expérience' },
    document: `query Size($input: ExperimentSizeInput!) {
  experimentSize(input: $input) { subjects days sequentialSubjects sequentialDays }
}`,
    variables: { input: { baseline: 0.05, lift: 0.1, power: 0.8, confidence: 0.95, subjectsPerDay: 2000 } },
  },
  {
    title: { en: 'A new experiment, as a draft', fr: 'Une nouvelle expérience, en brouillon' },
    document: `mutation NewExperiment($input: CreateExperimentInput!) {
  createExperiment(input: $input) {
    ... on CreateExperimentSuccess { data { id key status variants { key weight } } }
    ... on InvalidInputError { issues { path message } }
    ... on Error { code message }
  }
}`,
    variables: {
      input: {
        key: 'checkout-button',
        name: 'The button of the checkout',
        goal: 'signup',
        hypothesis: 'A button that says what happens next is pressed more often.',
        variants: [
          { key: 'original', name: 'Buy' },
          { key: 'next-step', name: 'Go to payment' },
        ],
      },
    },
  },
]
