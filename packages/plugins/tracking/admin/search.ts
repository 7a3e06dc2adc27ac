import { ask, type FoundObject, plainId, target } from '@espalier/admin-kit'
import { graphql } from './graphql/index.ts'
import { trafficPage } from './pages.ts'

const FoundSitesDocument = graphql(`
  query FoundSites($text: String!) {
    trackingSites(first: 6, filter: { search: $text }) {
      nodes {
        id
        name
        key
      }
    }
  }
`)

/** Sites for the palette: each leads to its traffic. */
export default async function search(text: string): Promise<FoundObject[]> {
  const { trackingSites } = await ask(FoundSitesDocument, { text })
  return trackingSites.nodes.map(({ id, name, key }) => ({
    id,
    // The word is the same in both languages.
    type: 'Site',
    label: name,
    detail: key,
    target: target(trafficPage, { search: { site: plainId(id) } }),
  }))
}
