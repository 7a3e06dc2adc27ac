import { defineMessages, plural } from '@espalier/admin-kit'

/** What these pages say, in both languages. */
export const messages = defineMessages({
  en: {
    title: 'Milestones',
    lead: 'When a page has brought its first, tenth, hundredth goal.',
    page: 'Page',
    goals: 'Goals',
    at: 'Reached',
    gone: 'a page that was deleted',
    empty: 'No page has reached a goal yet',
    emptyWhy: 'Give a page a goal, and people who come to it.',
    progress: (goals: string, next: string) => `${goals} of ${next} ${plural.en(next, 'goal', 'goals')}`,
  },
  fr: {
    title: 'Jalons',
    lead: 'Quand une page a atteint son premier, dixième, centième objectif.',
    page: 'Page',
    goals: 'Objectifs',
    at: 'Atteint',
    gone: 'une page supprimée',
    empty: 'Aucune page n’a encore atteint d’objectif',
    emptyWhy: 'Donnez un objectif à une page, et des gens qui y viennent.',
    progress: (goals: string, next: string) => `${goals} ${plural.fr(goals, 'objectif', 'objectifs')} sur ${next}`,
  },
})
