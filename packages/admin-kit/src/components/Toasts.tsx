import { CircleAlert, CircleCheck, Info, TriangleAlert, Undo2, X } from 'lucide-react'
import {
  UNSTABLE_Toast as AriaToast,
  Text,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from 'react-aria-components'
import { useMessages } from '../language/messages.ts'
import { Button, IconButton } from './Button.tsx'
import type { ToastOptions } from './toast.ts'
import { words } from './words.ts'
import './toast.css'

interface Shown extends ToastOptions {
  readonly text: string
}

/** Shows a toast. @returns takes it away */
export function add(text: string, options: ToastOptions): () => void {
  const pressable = options.undo !== undefined || options.action !== undefined
  const timeout = options.stays ?? (options.tone === 'critical' ? undefined : pressable ? 12_000 : 6_000)
  const key = queue.add({ text, ...options }, timeout === undefined ? {} : { timeout })
  return () => queue.close(key)
}

const queue = new ToastQueue<Shown>({ maxVisibleToasts: 4 })

const icons = { positive: CircleCheck, warning: TriangleAlert, critical: CircleAlert, info: Info, neutral: CircleCheck }

/** Where toasts come. */
export function Toasts() {
  const m = useMessages(words)
  return (
    <ToastRegion queue={queue} className="e-toasts" aria-label={m.notifications}>
      {({ toast }) => {
        const { text, tone = 'neutral', undo, action } = toast.content
        const Icon = icons[tone]
        const close = () => queue.close(toast.key)
        return (
          <AriaToast toast={toast} className={`e-toast e-tone-${tone}`}>
            <Icon size={16} aria-hidden="true" />
            <ToastContent className="e-toast-text">
              <Text slot="title">{text}</Text>
            </ToastContent>
            {undo && (
              <Button
                size="small"
                icon={Undo2}
                slot={null}
                onPress={() => {
                  close()
                  undo()
                }}
              >
                {m.undo}
              </Button>
            )}
            {action && (
              <Button
                size="small"
                slot={null}
                onPress={() => {
                  close()
                  action.run()
                }}
              >
                {action.label}
              </Button>
            )}
            <IconButton slot={null} label={m.close} icon={X} size="small" onPress={close} />
          </AriaToast>
        )
      }}
    </ToastRegion>
  )
}
