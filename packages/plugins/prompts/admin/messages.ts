import { defineMessages, plural } from '@espalier/admin-kit'

/** What all pages about prompts share. */
export const messages = defineMessages({
  en: {
    prompts: 'Prompts',
    version: (number: number) => `Version ${number}`,
    languages: { EN: 'English', FR: 'French' },
    status: { DRAFT: 'draft', ACTIVE: 'active', RETIRED: 'retired' },
    builtIn: 'comes along',
    score: 'Score',
    uses: (count: string) => `${count} ${plural.en(count, 'use', 'uses')}`,
    gone: 'There is no such prompt in this workspace.',
    /** Of prompts that come along, where the language is another than theirs. */
    descriptions: {} as Record<string, string>,
  },
  fr: {
    prompts: 'Prompts',
    version: (number: number) => `Version ${number}`,
    languages: { EN: 'Anglais', FR: 'Français' },
    status: { DRAFT: 'brouillon', ACTIVE: 'active', RETIRED: 'retirée' },
    builtIn: 'fourni',
    score: 'Score',
    uses: (count: string) => `${count} ${plural.fr(count, 'usage', 'usages')}`,
    gone: 'Ce prompt n’existe pas dans cet espace de travail.',
    descriptions: {
      'landing-pages.write-variant':
        'Écrit une nouvelle version d’une page à partir de ce que l’on sait de ses visiteurs.',
      'prompts.assess': 'Juge une réponse selon ce qu’un cas attend, pour l’évolution des prompts.',
      'prompts.judge': 'Note ce qu’un modèle a répondu à un autre prompt.',
      'prompts.merge': 'Fait une rédaction de deux qui réussissent des choses différentes.',
      'prompts.reflect': 'Lit ce qu’un prompt a manqué sur des exemples, et propose une meilleure rédaction.',
    } as Record<string, string>,
  },
})
