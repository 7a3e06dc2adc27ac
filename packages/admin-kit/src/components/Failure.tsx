import { CircleAlert, CircleSlash, Lock, RotateCw } from 'lucide-react'
import { useMessages } from '../language/messages.ts'
import { Button } from './Button.tsx'
import { EmptyState } from './EmptyState.tsx'
import { words } from './words.ts'

/**
 * That something could not be shown, why, and the way out: forbidden and gone are said plainly, for anything else one
 * may try again.
 */
export function Failure({
  error,
  again,
}: {
  error: { readonly message: string; readonly code?: string | undefined }
  again?: (() => void) | undefined
}) {
  const m = useMessages(words)
  if (error.code === 'FORBIDDEN')
    return (
      <EmptyState icon={Lock} title={m.forbidden}>
        <p>{error.message}</p>
        <p>{m.forbiddenHint}</p>
      </EmptyState>
    )
  if (error.code === 'NOT_FOUND')
    return (
      <EmptyState icon={CircleSlash} title={m.gone}>
        <p>{error.message || m.goneHint}</p>
      </EmptyState>
    )
  return (
    <div role="alert">
      <EmptyState
        icon={CircleAlert}
        title={m.failed}
        action={
          again && (
            <Button icon={RotateCw} onPress={again}>
              {m.again}
            </Button>
          )
        }
      >
        <p>{error.message}</p>
      </EmptyState>
    </div>
  )
}
