import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { en, type Messages } from './messages/en.ts'
import { fr } from './messages/fr.ts'

const languages = { en, fr }
export type Language = keyof typeof languages

interface Chosen {
  language: Language
  messages: Messages
  choose(language: Language): void
  /** Takes the language of the account, unless one was chosen in this browser. @returns the one that holds */
  adopt(locale: string): Language
}

const LanguageContext = createContext<Chosen>({ language: 'en', messages: en, choose: () => {}, adopt: () => 'en' })

/** The language that the person chose here before, else the browser's, else English. */
function firstLanguage(): Language {
  const wanted = [localStorage.getItem('language'), ...navigator.languages]
  return (
    wanted.map((tag) => tag?.slice(0, 2)).find((tag): tag is Language => tag !== undefined && tag in languages) ?? 'en'
  )
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage)
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const choose = (next: Language) => {
    localStorage.setItem('language', next)
    setLanguage(next)
  }
  const adopt = (locale: string) => {
    if (localStorage.getItem('language') !== null || !(locale in languages)) return language
    setLanguage(locale as Language)
    return locale as Language
  }
  return (
    <LanguageContext value={{ language, messages: languages[language], choose, adopt }}>{children}</LanguageContext>
  )
}

export function useLanguage(): Chosen {
  return useContext(LanguageContext)
}

export function LanguageChoice() {
  const { language, messages, choose } = useLanguage()
  return (
    <label className="language">
      <span className="visually-hidden">{messages.language}</span>
      <select value={language} onChange={(event) => choose(event.target.value as Language)}>
        <option value="en">English</option>
        <option value="fr">Français</option>
      </select>
    </label>
  )
}
