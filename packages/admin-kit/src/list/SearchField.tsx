import { Search, X } from 'lucide-react'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { useMessages } from '../language/messages.ts'
import { listMessages } from './messages.ts'

/** How long one types before the list is asked, in milliseconds. */
const pause = 250

/** What is typed narrows the list down after a short pause, or at once with Enter. `/` comes here from anywhere. */
export function SearchField({
  value,
  onChange,
  field,
  label,
}: {
  value: string
  onChange: (text: string) => void
  field: RefObject<HTMLInputElement | null>
  label: string
}) {
  const m = useMessages(listMessages)
  const [text, setText] = useState(value)
  const told = useRef(value)
  // The address changed by another way: a view, Back.
  useEffect(() => {
    if (value === told.current) return
    told.current = value
    setText(value)
  }, [value])
  const tell = (next: string) => {
    if (next === told.current) return
    told.current = next
    onChange(next)
  }
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
      const at = event.target instanceof Element ? event.target : null
      if (at?.closest('input, textarea, select, [contenteditable="true"], [role="dialog"]')) return
      event.preventDefault()
      field.current?.focus()
    }
    document.addEventListener('keydown', hear)
    return () => document.removeEventListener('keydown', hear)
  }, [field])
  return (
    <search className="e-list-search">
      <Search size={16} aria-hidden />
      <input
        ref={field}
        type="search"
        className="e-input"
        aria-label={label}
        aria-keyshortcuts="/"
        placeholder={label}
        value={text}
        onChange={(event) => {
          const next = event.target.value
          setText(next)
          clearTimeout(timer.current)
          timer.current = setTimeout(() => tell(next), pause)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') tell(text)
          if (event.key === 'Escape' && text) {
            setText('')
            tell('')
          }
        }}
      />
      {text && (
        <button
          type="button"
          aria-label={m.clearSearch}
          onClick={() => {
            setText('')
            tell('')
            field.current?.focus()
          }}
        >
          <X size={14} aria-hidden />
        </button>
      )}
    </search>
  )
}
