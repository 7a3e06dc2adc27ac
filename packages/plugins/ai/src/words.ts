import type { PluginWords } from '@espalier/core'
import type { settings } from './settings.ts'

/** What the plugin, its settings and its permissions are called in the web app. */
export const words: PluginWords<typeof settings> = {
  title: { en: 'Models', fr: 'Modèles' },
  about: {
    en: 'One way to language models: what was asked, answered and paid, under budgets.',
    fr: 'Une seule voie vers les modèles de langage : ce qui fut demandé, répondu et payé, sous budget.',
  },
  settings: {
    endpoint: {
      title: { en: 'Wire format', fr: 'Format d’échange' },
      fr: 'Lequel des deux formats d’OpenAI parle le service. La plupart des autres ne parlent que « chat ».',
      options: {
        chat: { en: 'Chat completions', fr: 'Chat completions' },
        responses: { en: 'Responses', fr: 'Responses' },
      },
    },
    model: {
      title: { en: 'Model', fr: 'Modèle' },
      fr: 'Le modèle interrogé quand personne n’en nomme un autre.',
    },
    maxOutputTokens: {
      title: { en: 'Longest answer', fr: 'Plus longue réponse' },
      fr: 'La plus longue réponse, en jetons, quand personne ne dit combien. Ce qu’elle peut coûter est réservé sur le budget.',
      unit: 'tokens',
    },
    timeoutSeconds: {
      title: { en: 'Longest wait', fr: 'Plus longue attente' },
      fr: 'Combien de temps une demande peut prendre.',
      unit: 'seconds',
    },
    cacheSeconds: {
      title: { en: 'Answer from memory for', fr: 'Répondre de mémoire pendant' },
      fr: 'Combien de temps une demande identique est servie de mémoire, gratuitement. 0 : jamais.',
      unit: 'seconds',
    },
    redact: {
      title: { en: 'Hide personal data', fr: 'Cacher les données personnelles' },
      fr: 'Si adresses e-mail, numéros de téléphone, de compte et de carte, et adresses réseau sont remplacés avant qu’une demande parte.',
      options: {
        none: { en: 'Send as it is', fr: 'Envoyer tel quel' },
        personal: { en: 'Replace it', fr: 'Les remplacer' },
      },
    },
    monthlyBudget: {
      title: { en: 'Budget a month', fr: 'Budget mensuel' },
      fr: 'Dollars américains par mois pour tous les usages ensemble. Vide : pas de limite.',
      unit: 'usd',
    },
    purposeBudgets: {
      title: { en: 'Budgets by purpose', fr: 'Budgets par usage' },
      fr: 'Dollars américains par mois et par usage, comme « landing-pages.write-variant ».',
    },
    prices: {
      title: { en: 'Prices', fr: 'Prix' },
      fr: 'Prix de modèles qui ne sont pas dans la liste, ou qui vous coûtent autre chose.',
    },
    storesCompletions: {
      title: { en: 'The service keeps answers', fr: 'Le service garde les réponses' },
      fr: 'Si le service garde les réponses (`store`), pour qu’une réponse perdue en route puisse être reprise au lieu d’être payée encore. Chat seulement.',
    },
    keepDays: {
      title: { en: 'Keep texts for', fr: 'Garder les textes pendant' },
      fr: 'Après tant de jours, demandes et réponses sont effacées ; les chiffres restent.',
      unit: 'days',
    },
  },
  permissions: {
    'ai:read': 'Voir ce qui fut demandé aux modèles, leurs réponses et leur coût',
    'ai:configure': 'Régler le service de modèles, sa clé, budgets et prix, et régler les appels à l’issue inconnue',
  },
}
