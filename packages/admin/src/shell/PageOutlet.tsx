import {
  asError,
  Failure,
  Note,
  type Page,
  PageFrame,
  Skeleton,
  useMessages,
  usePlace,
  useViewer,
  useWords,
} from '@espalier/admin-kit'
import { type ComponentType, lazy, Suspense, useRef } from 'react'
import { ErrorBoundary, type FallbackProps } from 'react-error-boundary'
import { messages } from './messages.ts'
import { NoSuchPage } from './NoSuchPage.tsx'

/** The page that the address stands for, or why it is not shown. */
export function PageOutlet() {
  const { page, params } = usePlace()
  const { may } = useViewer()
  const words = useWords()
  const m = useMessages(messages)
  const shown = useRef<string>(undefined)
  if (!page) return <NoSuchPage />
  const here = `${page.path} ${JSON.stringify(params)}`
  const permitted = may(page.permission)
  if (permitted) shown.current = here
  if (!permitted && shown.current !== here)
    return (
      <PageFrame title={words(page.title)}>
        <p>{m.withheld}</p>
      </PageFrame>
    )
  const Component = componentOf(page)
  return (
    <>
      {/* The role changed while the page was open. What was typed into it stays, to be copied. */}
      {!permitted && (
        <Note tone="warning" announced>
          {m.withheldNow}
        </Note>
      )}
      <ErrorBoundary FallbackComponent={PageBroken} resetKeys={[page, JSON.stringify(params)]}>
        <Suspense fallback={<PageLoading />}>
          <Component />
        </Suspense>
      </ErrorBoundary>
    </>
  )
}

const components = new WeakMap<Page, ComponentType>()

/** Loaded once; a page that could not be loaded is loaded anew when it is asked for again. */
function componentOf(page: Page): ComponentType {
  const known = components.get(page)
  if (known) return known
  const component = lazy(() =>
    page.load().catch((error: unknown) => {
      components.delete(page)
      throw error
    }),
  )
  components.set(page, component)
  return component
}

/** Of the height of a page, so that nothing jumps when it comes. */
export function PageLoading() {
  return (
    <div className="e-page" aria-busy="true">
      <Skeleton height="2rem" />
      <Skeleton height="24rem" />
    </div>
  )
}

/** A page that threw. The frame around it goes on. */
function PageBroken({ error, resetErrorBoundary }: FallbackProps) {
  const m = useMessages(messages)
  return (
    <PageFrame title={m.broken}>
      <Failure error={asError(error)} again={isMissingFile(error) ? () => location.reload() : resetErrorBoundary} />
    </PageFrame>
  )
}

/** A new version was installed since this tab was opened, and the files of the old one are gone. */
function isMissingFile(error: unknown): boolean {
  return error instanceof TypeError && /dynamically imported module|module script/i.test(error.message)
}
