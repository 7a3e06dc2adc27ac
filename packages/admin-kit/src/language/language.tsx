import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { I18nProvider } from 'react-aria-components'

/** The languages that the app speaks, by their BCP 47 tags. */
export const languages = ['en', 'fr'] as const
/** A language of the web app. */
export type Language = (typeof languages)[number]

/** The same words in every language: what definitions outside of React are labelled with. */
export type Words = Readonly<Record<Language, string>>

/** The language that is chosen, and how to choose another. */
export interface Chosen {
  readonly language: Language
  /** Language and region, for the formats of numbers and dates: "en-GB" for whoever reads English in Britain. */
  readonly locale: string
  /** Remembers the choice in this browser. */
  choose(language: Language): void
  /** Takes the language of the account, unless one was chosen in this browser. @returns the one that holds */
  adopt(locale: string): Language
}

const LanguageContext = createContext<Chosen | undefined>(undefined)

/** Where the choice of this browser is kept. */
const remembered = 'language'

/** Gives what is inside of it a language: the one chosen in this browser, else the browser's own, else English. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage)
  const locale = localeOf(language)
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const chosen = useMemo<Chosen>(
    () => ({
      language,
      locale,
      choose: (next) => {
        localStorage.setItem(remembered, next)
        setLanguage(next)
      },
      adopt: (account) => {
        if (localStorage.getItem(remembered) !== null || !isLanguage(account)) return language
        setLanguage(account)
        return account
      },
    }),
    [language, locale],
  )
  return (
    <LanguageContext value={chosen}>
      <I18nProvider locale={locale}>{children}</I18nProvider>
    </LanguageContext>
  )
}

/**
 * The language that is chosen.
 *
 * @throws Error outside of a LanguageProvider
 */
export function useLanguage(): Chosen {
  const chosen = useContext(LanguageContext)
  if (!chosen) throw new Error('There is no LanguageProvider above. The shell brings it; tests render one.')
  return chosen
}

/** Chooses from words that a definition brings: the label of a page, of a command. */
export function useWords(): (words: Words) => string {
  const { language } = useLanguage()
  return (words) => words[language]
}

function firstLanguage(): Language {
  const wanted = [localStorage.getItem(remembered), ...navigator.languages].map((tag) => tag?.slice(0, 2))
  return wanted.find(isLanguage) ?? 'en'
}

function localeOf(language: Language): string {
  return navigator.languages.find((tag) => tag.slice(0, 2) === language) ?? language
}

function isLanguage(tag: string | null | undefined): tag is Language {
  return languages.some((language) => language === tag)
}
