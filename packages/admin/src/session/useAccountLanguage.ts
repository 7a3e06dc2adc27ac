import { useLanguage, useMutation } from '@espalier/admin-kit'
import { useEffect, useRef } from 'react'
import { graphql } from '../graphql/index.ts'

const SpeakDocument = graphql(`
  mutation Speak($locale: String!) {
    updateViewer(input: { locale: $locale }) {
      ... on UpdateViewerSuccess {
        data {
          id
          locale
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

/**
 * Keeps the language of the account, in which the server writes, the same as that of the screen.
 *
 * @param locale the language of the account, as the server told it
 */
export function useAccountLanguage(locale: string): void {
  const { language, adopt } = useLanguage()
  const [speak] = useMutation(SpeakDocument)
  const told = useRef(locale)
  // biome-ignore lint/correctness/useExhaustiveDependencies: told when one of the two languages changes
  useEffect(() => {
    const wanted = adopt(locale)
    if (wanted === told.current) return
    told.current = wanted
    // Should it fail, the screen speaks its language all the same, and the next visit tries again.
    void speak({ locale: wanted })
  }, [language, locale])
}
