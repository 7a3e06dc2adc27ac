import type { PluginWords } from '@espalier/core'
import type { settings } from './settings.ts'

/** What the plugin, its settings and its permissions are called in the web app. */
export const words: PluginWords<typeof settings> = {
  title: { en: 'Prompts', fr: 'Prompts' },
  about: {
    en: 'What models are told: versions, scores, A/B tests, evolution.',
    fr: 'Ce qu’on dit aux modèles : versions, notes, tests A/B, évolution.',
  },
  settings: {
    judgeShare: {
      title: { en: 'Share that a model scores', fr: 'Part notée par un modèle' },
      fr: 'Part des exécutions qu’un modèle note. Chacune coûte un appel au modèle.',
      unit: 'share',
    },
    testWinners: {
      title: { en: 'Winners of A/B tests', fr: 'Gagnants des tests A/B' },
      fr: 'Ce que devient le gagnant d’un test A/B : il devient actif de lui-même, ou attend une personne.',
      options: {
        activate: { en: 'Become active', fr: 'Deviennent actifs' },
        wait: { en: 'Wait for a person', fr: 'Attendent une personne' },
      },
    },
  },
  permissions: {
    'prompts:read': 'Voir les prompts, leurs résultats et leurs tests A/B',
    'prompts:write': 'Écrire, activer et retirer des variantes de prompts, noter des exécutions, lancer des tests A/B',
    'prompts:run': 'Essayer et faire évoluer des prompts, ce qui coûte ce que coûte le modèle',
    'feedback:read': 'Voir ce qui fut prédit et ce qu’il en est advenu',
    'feedback:write': 'Noter des prédictions et ce qu’il en est advenu',
  },
}
