import { defineMessages, plural } from '@espalier/admin-kit'

/** What the dashboard says of jobs: apart, so that it need not bring all the words of their pages. */
export const decisionMessages = defineMessages({
  en: {
    retry: 'Try again',
    failedDecision: (type: string) => `Background work failed for good: ${type}`,
    moreFailed: (count: string) => `${count} ${plural.en(count, 'job', 'jobs')} failed for good`,
  },
  fr: {
    retry: 'Réessayer',
    failedDecision: (type) => `Un travail de fond a échoué pour de bon : ${type}`,
    moreFailed: (count) => `${count} ${plural.fr(count, 'tâche a', 'tâches ont')} échoué pour de bon`,
  },
})
