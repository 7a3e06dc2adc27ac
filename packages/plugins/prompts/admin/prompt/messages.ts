import { defineMessages } from '@espalier/admin-kit'

export const messages = defineMessages({
  en: {
    parts: 'Parts of the prompt',
    tabs: {
      versions: 'Versions',
      try: 'Try it',
      tests: 'A/B tests',
      cases: 'Cases',
      evolution: 'Evolution',
      executions: 'Executions',
    },
    language: 'Language',
    write: 'Write a version',
    describe: 'Change the description',
    description: 'What it is for',
    saved: 'Saved',
    more: 'More',
  },
  fr: {
    parts: 'Parties du prompt',
    tabs: {
      versions: 'Versions',
      try: 'L’essayer',
      tests: 'Tests A/B',
      cases: 'Cas',
      evolution: 'Évolution',
      executions: 'Exécutions',
    },
    language: 'Langue',
    write: 'Écrire une version',
    describe: 'Changer la description',
    description: 'À quoi il sert',
    saved: 'C’est enregistré',
    more: 'Plus',
  },
})
