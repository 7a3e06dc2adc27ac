import { Button, type ButtonSize, useMessages } from '@espalier/admin-kit'
import { Columns2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { messages } from './messages.ts'
import type { Candidate } from './step.ts'

const SideBySide = lazy(() => import('./SideBySide.tsx'))

/** Opens a proposed version beside the one that it comes from. Nothing for a refused one, which nobody can show. */
export function CompareButton({ candidate, size = 'medium' }: { candidate: Candidate; size?: ButtonSize }) {
  const m = useMessages(messages)
  const [open, setOpen] = useState(false)
  if (!candidate.previewUrl) return null
  return (
    <>
      <Button icon={Columns2} size={size} onPress={() => setOpen(true)}>
        {m.compare}
      </Button>
      {open && (
        <Suspense>
          <SideBySide candidate={candidate} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}
