import { Button, invalidate, Note, useMessages } from '@espalier/admin-kit'
import { Upload } from 'lucide-react'
import { useRef, useState } from 'react'
import { messages } from '../messages.ts'
import type { PickedImage } from './ImagePicker.tsx'

/** Largest file that the server takes. Bytes. */
const most = 20 * 1024 * 1024

/** Takes files from the person's device into the images of the workspace. */
export function UploadButton({
  onUploaded,
  several = false,
}: {
  onUploaded?: (image: PickedImage) => void
  several?: boolean
}) {
  const m = useMessages(messages)
  const input = useRef<HTMLInputElement>(null)
  const [busy, setBusy] = useState(false)
  const [problems, setProblems] = useState<readonly string[]>([])
  const upload = async (files: readonly File[]) => {
    setBusy(true)
    setProblems([])
    for (const file of files) {
      const answer = await send(file, m.images)
      if ('problem' in answer) setProblems((before) => [...before, answer.problem])
      else onUploaded?.(answer.reference)
    }
    setBusy(false)
    invalidate('images')
  }
  return (
    <>
      <input
        ref={input}
        type="file"
        accept="image/jpeg,image/png,image/webp,image/avif,image/gif"
        multiple={several}
        hidden
        tabIndex={-1}
        aria-label={m.images.upload}
        onChange={({ currentTarget }) => {
          void upload([...(currentTarget.files ?? [])])
          currentTarget.value = ''
        }}
      />
      <Button icon={Upload} busy={busy} onPress={() => input.current?.click()}>
        {m.images.upload}
      </Button>
      {problems.map((problem) => (
        <Note key={problem} tone="critical">
          {problem}
        </Note>
      ))}
    </>
  )
}

/** The one thing that GraphQL does not carry: the bytes of a file. */
async function send(
  file: File,
  words: { tooLarge(name: string): string; failed(name: string): string },
): Promise<{ reference: PickedImage } | { problem: string }> {
  if (file.size > most) return { problem: words.tooLarge(file.name) }
  try {
    const query = new URLSearchParams({ name: file.name.slice(0, 200), alt: '' })
    const response = await fetch(`/images?${query}`, {
      method: 'POST',
      headers: { 'content-type': file.type || 'application/octet-stream' },
      body: file,
    })
    const answer: { reference?: PickedImage; message?: string; error?: { message?: string } } = await response.json()
    if (response.ok && answer.reference) return { reference: answer.reference }
    return { problem: answer.message ?? answer.error?.message ?? words.failed(file.name) }
  } catch {
    return { problem: words.failed(file.name) }
  }
}
