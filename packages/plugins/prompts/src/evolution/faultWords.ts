import { asIs, type Told } from '@espalier/core'

/**
 * Why an evolution stopped, or a candidate was not taken, in both languages. It is kept in English, since years of them are,
 * and told by what it says.
 *
 * @returns what is not known, such as what a model service said, as it is
 */
export function faultTold(sentence: string): Told {
  const known = sentences[sentence]
  if (known !== undefined) return { en: sentence, fr: known }
  const dropped = /^It no longer uses (.+), which is required and which its parent used\.$/.exec(sentence)
  if (dropped) {
    const names = (dropped[1] ?? '').replace(/"([^"]+)"/g, '« $1 »')
    return { en: sentence, fr: `Elle n’utilise plus ${names}, obligatoire et utilisé par son parent.` }
  }
  const noBetter = /^It did no better on (\d+) learning cases: (\S+) against (.+)\.$/.exec(sentence)
  if (!noBetter) return asIs(sentence)
  const [, cases, score = '', before = ''] = noBetter
  const inFrench = (figures: string) => figures.replaceAll('.', ',').replaceAll(' and ', ' et ')
  return {
    en: sentence,
    fr: `Pas mieux sur ${cases} cas d’apprentissage : ${inFrench(score)} contre ${inFrench(before)}.`,
  }
}

const sentences: Readonly<Record<string, string>> = {
  'Stopped by a person.': 'Arrêtée par une personne.',
  'None of the cases could be measured.': 'Aucun des cas n’a pu être mesuré.',
  'There was nothing to learn: everything was right on the cases it was tried on.':
    'Il n’y avait rien à apprendre : tout était juste sur les cas essayés.',
  'The model gave no wording that could be read.': 'Le modèle n’a donné aucune formulation lisible.',
  'It says what another says already.': 'Elle dit ce qu’une autre dit déjà.',
  'It puts a value in without the marks that keep it apart (“plain”), and its parent did not.':
    'Elle insère une valeur sans les marques qui l’isolent (« plain »), ce que son parent ne faisait pas.',
  'Its template is empty: the model would be told nothing.':
    'Son modèle est vide : rien ne serait dit au modèle de langue.',
}
