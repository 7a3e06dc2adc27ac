import type { Language } from './language.tsx'

/**
 * Chooses the form that goes with a figure, for messages, which get their figures written:
 * `${count} ${plural.fr(count, 'visiteur', 'visiteurs')}`. French has the singular for 0, 1 and 1.5; English for 1.
 *
 * @param figure a number, or as `Format.number` writes it
 */
export const plural: Readonly<Record<Language, (figure: string | number, one: string, other: string) => string>> = {
  en: (figure, one, other) => (/^-?1$/.test(String(figure)) ? one : other),
  fr: (figure, one, other) => (/^-?[01](?:[.,]\d+)?$/.test(String(figure)) ? one : other),
}
