import { Link, plainId, useMessages } from '@espalier/admin-kit'
import { messages } from '../messages.ts'
import { pagePage, pagesPage } from '../pages.ts'

/** From a page's own pages back to it, and to the list. */
export function Breadcrumbs({ page }: { page?: { readonly id: string; readonly title: string } }) {
  const m = useMessages(messages)
  return (
    <>
      <Link to={pagesPage}>{m.list.title}</Link>
      {page && (
        <>
          {' / '}
          <Link to={pagePage} params={{ id: plainId(page.id) }}>
            {page.title}
          </Link>
        </>
      )}
    </>
  )
}
