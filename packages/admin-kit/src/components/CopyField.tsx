import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useMessages } from '../language/messages.ts'
import { IconButton } from './Button.tsx'
import { words } from './words.ts'
import './code.css'

/**
 * A text to take along: an address, an id, a key.
 *
 * @param once it is a secret that nobody can see again: says so
 */
export function CopyField({ label, value, once = false }: { label: string; value: string; once?: boolean }) {
  const m = useMessages(words)
  return (
    <div className="e-copy">
      <span className="e-label">{label}</span>
      <div className="e-copy-line">
        <code>{value}</code>
        <CopyButton text={value} />
      </div>
      {once && <span className="e-hint">{m.onceOnly}</span>}
    </div>
  )
}

/** Copies a text, and says that it did. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const m = useMessages(words)
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <>
      <IconButton
        label={copied ? m.copied : (label ?? m.copy)}
        icon={copied ? Check : Copy}
        size="small"
        onPress={() => void copy(text).then(() => setCopied(true))}
      />
      <span className="e-hidden" role="status">
        {copied && m.copied}
      </span>
    </>
  )
}

/** Browsers give the clipboard to pages of https and of this machine alone: elsewhere, the older way. */
async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    document.body.append(area)
    area.select()
    document.execCommand('copy')
    area.remove()
  }
}
