import { ask, type FoundObject, target } from '@espalier/admin-kit'
import { graphql } from './graphql/index.ts'
import { promptPage } from './pages.ts'

const FoundPromptsDocument = graphql(`
  query FoundPrompts($text: String!) {
    prompts(first: 6, filter: { search: $text }) {
      nodes {
        id
        name
        description
      }
    }
  }
`)

/** Prompts for the palette. */
export default async function search(text: string): Promise<FoundObject[]> {
  const { prompts } = await ask(FoundPromptsDocument, { text })
  return prompts.nodes.map(({ id, name, description }) => ({
    id,
    // The word is the same in both languages.
    type: 'Prompt',
    label: name,
    detail: description,
    target: target(promptPage, { params: { name } }),
  }))
}
