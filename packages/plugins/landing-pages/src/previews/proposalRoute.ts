import { get } from '@espalier/core'
import type { PageServer } from '../servePage.ts'
import type { Previews } from './previews.ts'
import type { Proposals } from './proposals.ts'
import { nothingToShow, showUnpublished } from './unpublishedPage.ts'

const limit = { points: 120, seconds: 60 }

/** A version that the loop proposed, as a person looks at it before saying yes or no. */
export const proposalRoute = get<PageServer & { readonly previews: Previews; readonly proposals: Proposals }>(
  '/proposals/:token',
  { access: 'anonymous', limit },
  async (_request, route, pages) => {
    const link = pages.proposals.read(route.params.token ?? '', route.clock.now())
    if (!link) return nothingToShow(404, 'There is no such proposal', 'Open it from the page that shows the proposals.')
    if (link.expired)
      return nothingToShow(
        410,
        'This address has expired',
        'Reload the page that shows the proposals, and open it from there.',
      )
    const context = route.inWorkspace(link.workspaceId)
    const proposal = await pages.proposals.find(context, link)
    if (!proposal) return nothingToShow(404, 'There is nothing left to look at', 'The page is archived or deleted.')
    return showUnpublished(context, proposal, pages, pages.previews.publicUrl)
  },
)
