import { useLanguage } from '../../language.tsx'

/**
 * Opens a proposed version beside the admin.
 * @param of what it is, for those who hear links out of their place
 */
export function LookAtIt({ url, of }: { url: string; of: string }) {
  const { messages } = useLanguage()
  return (
    <a href={url} target="_blank" rel="noreferrer" aria-label={messages.improvement.lookAt(of)}>
      {messages.improvement.look}
    </a>
  )
}
