import type { ApiError } from './api.ts'
import { useLanguage } from './language.tsx'

/** What could not be loaded, why, and the way to try again where there is one. */
export function Failure({ error, again }: { error: ApiError; again?: () => void }) {
  const { messages } = useLanguage()
  return (
    <p role="alert" className="bad row">
      {error.code === 'UNREACHABLE'
        ? messages.unreachable
        : error.code === 'FORBIDDEN'
          ? messages.forbidden
          : `${messages.failed} ${error.message}`}
      {again && error.code !== 'FORBIDDEN' && (
        <button type="button" onClick={again}>
          {messages.tryAgain}
        </button>
      )}
    </p>
  )
}
