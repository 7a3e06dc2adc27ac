import type { Told } from '@espalier/core'

/** What people call the props that many kinds of blocks have. */
export const fieldNames = {
  heading: { en: 'Heading', fr: 'Titre' },
  text: { en: 'Text', fr: 'Texte' },
  image: { en: 'Image', fr: 'Image' },
  caption: { en: 'Caption', fr: 'Légende' },
  name: { en: 'Name', fr: 'Nom' },
  items: { en: 'Entries', fr: 'Éléments' },
  button: { en: 'Button', fr: 'Bouton' },
  buttonLabel: { en: 'Words on the button', fr: 'Texte du bouton' },
  linkLabel: { en: 'Words of the link', fr: 'Texte du lien' },
} as const satisfies Record<string, Told>

/** Whether a page's language is French; examples of blocks are in English otherwise. */
export function isFrench(language: string): boolean {
  return language.toLowerCase().startsWith('fr')
}
