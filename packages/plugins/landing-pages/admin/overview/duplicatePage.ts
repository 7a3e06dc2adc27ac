import { ask, invalidate, mutate } from '@espalier/admin-kit'
import { CreatePage, DuplicatedPage } from '../list/documents.ts'

/** Makes a draft with the same variants, at an address of its own, without the experiment. */
export async function duplicatePage(id: string, title: string) {
  const { node } = await ask(DuplicatedPage, { id })
  if (node?.__typename !== 'Page') return { data: undefined, problem: undefined }
  const { slug, language, variants } = node
  const suffix = crypto.randomUUID().slice(0, 6)
  const outcome = await mutate(CreatePage, {
    input: {
      title: title.slice(0, 120),
      slug: `${slug.slice(0, 72)}-${suffix}`,
      language,
      variants: variants.map(({ key, content }) => ({ key, content })),
    },
  })
  if (!outcome.problem) invalidate('pages')
  return outcome
}
