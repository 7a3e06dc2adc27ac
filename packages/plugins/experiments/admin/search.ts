import { ask, type FoundObject, plainId, target } from '@espalier/admin-kit'
import { graphql } from './graphql/index.ts'
import { experimentPage, metricPage } from './pages.ts'

const FindDocument = graphql(`
  query FindExperiments($text: String!) {
    experiments(first: 6, filter: { search: $text }) {
      nodes {
        id
        key
        name
      }
    }
    experimentMetrics(first: 3, filter: { search: $text }) {
      nodes {
        id
        key
        name
      }
    }
  }
`)

/** Experiments and metrics by name and key, for the palette. */
export default async function findExperiments(text: string): Promise<readonly FoundObject[]> {
  const { experiments, experimentMetrics } = await ask(FindDocument, { text })
  const french = document.documentElement.lang === 'fr'
  return [
    ...experiments.nodes.map(({ id, key, name }) => ({
      id,
      type: french ? 'Expérience' : 'Experiment',
      label: name,
      detail: key,
      target: target(experimentPage, { params: { id: plainId(id) } }),
    })),
    ...experimentMetrics.nodes.map(({ id, key, name }) => ({
      id,
      type: french ? 'Métrique' : 'Metric',
      label: name,
      detail: key,
      target: target(metricPage, { params: { id: plainId(id) } }),
    })),
  ]
}
