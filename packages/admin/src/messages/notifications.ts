export const notifications = {
  en: {
    title: 'Notifications',
    unread: (count: number) => (count === 1 ? '1 unread' : `${count} unread`),
    none: 'Nothing to tell yet. New variants, verdicts, records and problems appear here.',
    readAll: 'Mark all as read',
    look: 'Look',
    isNew: 'new',
    more: 'Show more',
    severities: { INFO: 'info', SUCCESS: 'success', WARNING: 'warning', CRITICAL: 'critical' } as Record<
      string,
      string
    >,
    preferences: 'What I am told, and how',
    kind: 'About',
    inApp: 'Here',
    byMail: 'By mail',
    mail: { NEVER: 'never', AT_ONCE: 'at once', DIGEST: 'with the daily report' } as Record<string, string>,
    inAppOf: (kind: string) => `Here: ${kind}`,
    mailOf: (kind: string) => `By mail: ${kind}`,
    notKept: 'It was not kept:',
  },
  fr: {
    title: 'Notifications',
    unread: (count: number) => (count <= 1 ? `${count} non lue` : `${count} non lues`),
    none: 'Rien à signaler. Nouvelles variantes, verdicts, records et problèmes apparaissent ici.',
    readAll: 'Tout marquer comme lu',
    look: 'Voir',
    isNew: 'nouveau',
    more: 'Afficher la suite',
    severities: { INFO: 'info', SUCCESS: 'succès', WARNING: 'avertissement', CRITICAL: 'critique' } as Record<
      string,
      string
    >,
    preferences: 'Ce qu’on me dit, et comment',
    kind: 'À propos de',
    inApp: 'Ici',
    byMail: 'Par e-mail',
    mail: { NEVER: 'jamais', AT_ONCE: 'tout de suite', DIGEST: 'avec le rapport quotidien' } as Record<string, string>,
    inAppOf: (kind: string) => `Ici : ${kind}`,
    mailOf: (kind: string) => `Par e-mail : ${kind}`,
    notKept: 'Cela n’a pas été enregistré :',
  },
}
