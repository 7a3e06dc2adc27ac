import { type ComponentType, type LazyExoticComponent, lazy, type ReactNode, Suspense } from 'react'
import { ErrorBoundary } from 'react-error-boundary'
import { asError } from './asError.ts'

/**
 * A piece that a plugin brought, loaded when it is shown. What it throws stays within it.
 *
 * @param load as it stands in the definition: the same function is loaded once
 * @param waiting of the size that the piece will have, so that nothing jumps
 * @param broken what to show instead of a piece that threw; `again` tries once more
 */
export function Contribution<Props extends object>({
  load,
  props,
  waiting,
  broken,
}: {
  load: () => Promise<{ default: ComponentType<Props> }>
  props: Props
  waiting: ReactNode
  broken: (error: Error, again: () => void) => ReactNode
}) {
  const Piece = pieceOf(load)
  return (
    <ErrorBoundary
      fallbackRender={({ error, resetErrorBoundary }) =>
        broken(asError(error), () => {
          // A file that did not arrive is asked for once more.
          pieces.delete(load)
          resetErrorBoundary()
        })
      }
    >
      <Suspense fallback={waiting}>
        <Piece {...props} />
      </Suspense>
    </ErrorBoundary>
  )
}

const pieces = new WeakMap<object, unknown>()

function pieceOf<Props extends object>(load: () => Promise<{ default: ComponentType<Props> }>) {
  const known = pieces.get(load) as LazyExoticComponent<ComponentType<Props>> | undefined
  if (known) return known
  const piece = lazy(load)
  pieces.set(load, piece)
  return piece
}
