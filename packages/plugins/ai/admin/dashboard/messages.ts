import { defineMessages, plural } from '@espalier/admin-kit'

export const messages = defineMessages({
  en: {
    thisMonth: 'this month',
    byDay: 'Spending on models by day, this month',
    nothing: 'No model was asked this month. Pages recombine their own versions, which costs nothing.',
    setUp: 'Set up a model service',
    unknown: (count: string) =>
      plural.en(
        count,
        'The outcome of a model call is not known',
        `The outcomes of ${count} model calls are not known`,
      ),
    unknownDetail: (amount: string) => `${amount} stay set aside until somebody says what became of it.`,
    stopped: (purpose: string) => `The budget for ${purpose} is used up: no more calls this month`,
    warned: (purpose: string) => `The budget for ${purpose} is more than 80% used`,
    ofLimit: (spent: string, limit: string) => `${spent} of ${limit}`,
    down: 'The model service has failed again and again',
    downDetail: 'Nothing is asked for a while. Try the connection.',
  },
  fr: {
    thisMonth: 'ce mois-ci',
    byDay: 'Dépenses de modèles par jour, ce mois-ci',
    nothing:
      'Aucun modèle n’a été interrogé ce mois-ci. Les pages recombinent leurs propres versions, ce qui ne coûte rien.',
    setUp: 'Mettre en place un service de modèles',
    unknown: (count: string) =>
      plural.fr(
        count,
        'L’issue d’un appel de modèle est inconnue',
        `L’issue de ${count} appels de modèles est inconnue`,
      ),
    unknownDetail: (amount: string) => `${amount} restent réservés tant que personne ne dit ce qu’il en est.`,
    stopped: (purpose: string) => `Le budget pour ${purpose} est épuisé : plus d’appel ce mois-ci`,
    warned: (purpose: string) => `Le budget pour ${purpose} est utilisé à plus de 80 %`,
    ofLimit: (spent: string, limit: string) => `${spent} sur ${limit}`,
    down: 'Le service de modèles a échoué plusieurs fois de suite',
    downDetail: 'Rien n’est demandé pour l’instant. Essayez la connexion.',
  },
})
