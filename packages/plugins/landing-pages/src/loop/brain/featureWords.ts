import type { Told } from '@espalier/core'
import { said } from '../said.ts'

/**
 * A feature of pages in words that say what it is without the code: "Prices before features" for `order:Pricing<Features`.
 *
 * @param feature as `featuresOf` names it; one that is not known keeps its name
 */
export function featureInWords(feature: string): Told {
  const [kind = '', name = ''] = split(feature)
  if (kind === 'block') {
    const { en, fr } = blockInWords(name)
    return said(`Has: ${en}`, `Contient : ${fr}`)
  }
  if (kind === 'order') {
    const [first = '', second = ''] = name.split('<')
    const [before, after] = [blockInWords(first), blockInWords(second)]
    return said(`Order: ${before.en} before ${after.en}`, `Ordre : ${before.fr} avant ${after.fr}`)
  }
  if (kind === 'text') {
    const [type = '', hash = ''] = split(name)
    const { en, fr } = blockInWords(type)
    return said(`One wording of: ${en} (${hash.slice(0, 4)})`, `Une rédaction de : ${fr} (${hash.slice(0, 4)})`)
  }
  return words[feature] ?? said(feature, feature)
}

/** At the first colon. */
function split(text: string): readonly string[] {
  const colon = text.indexOf(':')
  return colon < 0 ? [text] : [text.slice(0, colon), text.slice(colon + 1)]
}

/** A kind of block that a plugin has added goes by its own name. */
function blockInWords(type: string): Told {
  return blocks[type] ?? said(type, type)
}

const blocks: Readonly<Record<string, Told>> = {
  Hero: said('headline', 'titre'),
  Text: said('text', 'texte'),
  Features: said('features', 'atouts'),
  Image: said('image', 'image'),
  Testimonials: said('what customers say', 'avis de clients'),
  Pricing: said('prices', 'prix'),
  FAQ: said('questions and answers', 'questions et réponses'),
  Logos: said('logos', 'logos'),
  Columns: said('columns', 'colonnes'),
  Form: said('form', 'formulaire'),
  CallToAction: said('call to action', 'appel à l’action'),
  Footer: said('footer', 'pied de page'),
}

const words: Readonly<Record<string, Told>> = {
  'tone:question': said('A headline or button asks something', 'Un titre ou un bouton pose une question'),
  'tone:exclamation': said('A headline or button exclaims!', 'Un titre ou un bouton s’exclame !'),
  'tone:you': said('A headline or button says “you”', 'Un titre ou un bouton dit « vous »'),
  'tone:numbers': said('A headline or button has a number', 'Un titre ou un bouton donne un chiffre'),
  'tone:urgency': said('A headline or button urges', 'Un titre ou un bouton presse d’agir'),
  'length:short': said('Short: below 150 words', 'Courte : moins de 150 mots'),
  'length:medium': said('Of middle length: 150 to 400 words', 'De longueur moyenne : de 150 à 400 mots'),
  'length:long': said('Long: 400 words or more', 'Longue : 400 mots ou plus'),
  'action:imperative': said('A button tells what to do', 'Un bouton dit quoi faire'),
  'action:first-person': said('A button speaks as the visitor', 'Un bouton parle comme le visiteur'),
  'action:free': said('A button says that it is free', 'Un bouton dit que c’est gratuit'),
  'action:price': said('A button names a price', 'Un bouton donne un prix'),
  'actions:one': said('One button', 'Un seul bouton'),
  'actions:two': said('Two buttons', 'Deux boutons'),
  'actions:many': said('Three buttons or more', 'Trois boutons ou plus'),
  'first-action:hero': said('The first button beside the headline', 'Le premier bouton près du titre'),
  'first-action:early': said('The first button in the upper half', 'Le premier bouton dans la première moitié'),
  'first-action:late': said('The first button in the lower half', 'Le premier bouton dans la seconde moitié'),
  'first-action:none': said('No button', 'Aucun bouton'),
}
