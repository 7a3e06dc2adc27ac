/** What a form says by itself, in the language of the page. */
export interface FormWords {
  readonly optional: string
  readonly trap: string
  readonly check: string
  readonly again: string
  readonly unavailable: string
  readonly missing: string
  readonly unchecked: string
  readonly tooLong: (max: number) => string
  readonly email: string
  readonly tel: string
  readonly url: string
  readonly number: string
  readonly date: string
  readonly option: string
}

const en: FormWords = {
  optional: 'optional',
  trap: 'Leave this field empty',
  check: 'Please check the fields that are marked.',
  again: 'This page was open for too long. Please send the form once more.',
  unavailable: 'This could not be saved right now. Please send the form once more in a minute.',
  missing: 'Please fill in this field.',
  unchecked: 'Please tick this box to go on.',
  tooLong: (max) => `Please use at most ${max} characters.`,
  email: 'Please enter an e-mail address, such as ada@example.com.',
  tel: 'Please enter a telephone number, such as +33 1 23 45 67 89.',
  url: 'Please enter a web address that starts with https://.',
  number: 'Please enter a number.',
  date: 'Please enter a date, such as 2027-03-31.',
  option: 'Please choose one of the options.',
}

const fr: FormWords = {
  optional: 'facultatif',
  trap: 'Laissez ce champ vide',
  check: 'Veuillez vérifier les champs signalés.',
  again: 'Cette page est restée ouverte trop longtemps. Veuillez renvoyer le formulaire.',
  unavailable: 'L’enregistrement a échoué. Veuillez renvoyer le formulaire dans une minute.',
  missing: 'Veuillez remplir ce champ.',
  unchecked: 'Veuillez cocher cette case pour continuer.',
  tooLong: (max) => `Veuillez ne pas dépasser ${max} caractères.`,
  email: 'Veuillez saisir une adresse électronique, par exemple ada@example.com.',
  tel: 'Veuillez saisir un numéro de téléphone, par exemple +33 1 23 45 67 89.',
  url: 'Veuillez saisir une adresse web qui commence par https://.',
  number: 'Veuillez saisir un nombre.',
  date: 'Veuillez saisir une date, par exemple 2027-03-31.',
  option: 'Veuillez choisir l’une des options.',
}

/** @param language BCP 47; English where the language is not spoken here */
export function formWords(language: string): FormWords {
  return new Intl.Locale(language).language === 'fr' ? fr : en
}
