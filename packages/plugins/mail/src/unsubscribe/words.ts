/** What the pages of unsubscribe links say. */
export interface UnsubscribeWords {
  readonly language: 'en' | 'fr'
  readonly title: string
  readonly question: (sender: string | undefined) => string
  readonly topic: (topic: string) => string
  readonly everything: string
  readonly button: string
  readonly done: string
  readonly doneTopic: (topic: string) => string
  readonly doneEverything: string
  readonly stays: string
  readonly mistake: string
  readonly resubscribe: string
  readonly resubscribed: string
  readonly back: string
  readonly unknown: string
  readonly unknownHint: string
  readonly unavailable: string
  readonly again: string
}

const en: UnsubscribeWords = {
  language: 'en',
  title: 'Unsubscribe',
  question: (sender) =>
    sender ? `Do you want to stop getting mail from ${sender}?` : 'Do you want to stop getting this mail?',
  topic: (topic) => `Only “${topic}”`,
  everything: 'Everything that one can unsubscribe from',
  button: 'Unsubscribe',
  done: 'You are unsubscribed',
  doneTopic: (topic) => `You will get no more mail about “${topic}”.`,
  doneEverything: 'You will get no more mail that one can unsubscribe from.',
  stays: 'Messages about something that you have asked for yourself, such as a new password, may still come.',
  mistake: 'Was it a mistake?',
  resubscribe: 'Subscribe again',
  resubscribed: 'You are subscribed again',
  back: 'To the choice',
  unknown: 'This link is not complete',
  unknownHint: 'Open it from the mail once more, or copy all of it.',
  unavailable: 'This could not be saved',
  again: 'Please try again in a minute: nothing has changed so far.',
}

const fr: UnsubscribeWords = {
  language: 'fr',
  title: 'Désabonnement',
  question: (sender) =>
    sender
      ? `Souhaitez-vous ne plus recevoir de messages de ${sender} ?`
      : 'Souhaitez-vous ne plus recevoir ces messages ?',
  topic: (topic) => `Seulement « ${topic} »`,
  everything: 'Tout ce dont on peut se désabonner',
  button: 'Me désabonner',
  done: 'Votre désabonnement est enregistré',
  doneTopic: (topic) => `Vous ne recevrez plus de messages « ${topic} ».`,
  doneEverything: 'Vous ne recevrez plus de messages dont on peut se désabonner.',
  stays:
    'Les messages liés à ce que vous demandez vous-même, par exemple un nouveau mot de passe, peuvent encore arriver.',
  mistake: 'Était-ce une erreur ?',
  resubscribe: 'Me réabonner',
  resubscribed: 'Vous êtes de nouveau abonné',
  back: 'Revenir au choix',
  unknown: 'Ce lien est incomplet',
  unknownHint: 'Ouvrez-le de nouveau depuis le message, ou copiez-le en entier.',
  unavailable: 'L’enregistrement a échoué',
  again: 'Veuillez réessayer dans une minute : rien n’a changé pour l’instant.',
}

/** @param language of the message, or undefined: then what the browser prefers, else English */
export function unsubscribeWords(language: string | undefined, acceptLanguage: string | null): UnsubscribeWords {
  if (language !== undefined) return language === 'fr' ? fr : en
  return preferred(acceptLanguage ?? '') === 'fr' ? fr : en
}

/** RFC 9110, 12.5.4: the one of ours that has the highest weight, the first of equals. */
function preferred(header: string): string {
  const weighed = header.split(',').map((part) => {
    const [tag = '', ...parameters] = part.split(';').map((text) => text.trim())
    const weight = parameters.find((text) => text.startsWith('q='))?.slice(2)
    return { language: tag.toLowerCase().split('-')[0] ?? '', weight: weight === undefined ? 1 : Number(weight) || 0 }
  })
  const ours = weighed.filter(({ language, weight }) => weight > 0 && (language === 'en' || language === 'fr'))
  return ours.sort((one, other) => other.weight - one.weight)[0]?.language ?? 'en'
}
