import { type FoundObject, useContributions, useViewer } from '@espalier/admin-kit'
import { useEffect, useState } from 'react'

/** How long somebody has stopped typing before the server is asked, in milliseconds. */
const pause = 150

/** Objects of all plugins that a text names. One plugin that fails to answer does not hide what others found. */
export function useFound(text: string): { found: readonly FoundObject[]; searching: boolean } {
  const { searches } = useContributions()
  const { may } = useViewer()
  const [answer, setAnswer] = useState<{ text: string; found: readonly FoundObject[] }>({ text: '', found: [] })
  const wanted = text.trim()
  useEffect(() => {
    if (wanted.length < 2) return
    let current = true
    const timer = setTimeout(async () => {
      const answers = await Promise.allSettled(
        searches.filter(({ permission }) => may(permission)).map(async ({ load }) => (await load()).default(wanted)),
      )
      if (!current) return
      setAnswer({
        text: wanted,
        found: answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : [])),
      })
    }, pause)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [wanted, searches, may])
  if (wanted.length < 2) return { found: [], searching: false }
  return { found: answer.found, searching: answer.text !== wanted }
}
