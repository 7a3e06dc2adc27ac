import type { Language } from './language.tsx'

/** An instant as people write it, in the time zone of the browser. */
export function moment(iso: string, language: Language): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso))
}
