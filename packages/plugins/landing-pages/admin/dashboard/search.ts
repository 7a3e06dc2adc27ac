import { ask, type FoundObject, plainId, target } from '@espalier/admin-kit'
import { graphql } from '../graphql/index.ts'
import { imagesPage, pagePage } from '../pages.ts'
import { messages } from './messages.ts'

const FindPages = graphql(`
  query FindPages($search: String!) {
    pages(first: 6, filter: { search: $search }) { nodes { id title slug } }
    images(first: 3, filter: { search: $search }) { nodes { id name } }
  }
`)

/** Landing pages and images for the palette. */
export default async function findPages(text: string): Promise<readonly FoundObject[]> {
  const { pages, images } = await ask(FindPages, { search: text })
  const m = document.documentElement.lang === 'fr' ? messages.fr : messages.en
  return [
    ...pages.nodes.map(({ id, title, slug }) => ({
      id,
      type: m.foundType,
      label: title,
      detail: slug,
      target: target(pagePage, { params: { id: plainId(id) } }),
    })),
    ...images.nodes.map(({ id, name }) => ({
      id,
      type: m.foundImage,
      label: name,
      target: target(imagesPage, { search: { q: name } }),
    })),
  ]
}
