import { defineMessages, plural } from '@espalier/admin-kit'

/** What the pages of mail say together. */
export const messages = defineMessages({
  en: {
    outbox: 'Outbox',
    templates: 'Templates',
    suppressions: 'Suppressed addresses',
    days: 'By day',
    transport: 'How mail leaves',
    parts: 'Parts of mail',
    states: {
      QUEUED: 'queued',
      SENT: 'sent',
      DELIVERED: 'delivered',
      OPENED: 'opened',
      CLICKED: 'clicked',
      BOUNCED: 'bounced',
      COMPLAINED: 'complained',
      SUPPRESSED: 'held back',
      FAILED: 'failed',
    },
    classes: { MARKETING: 'marketing', TRANSACTIONAL: 'transactional' },
    languages: { EN: 'English', FR: 'French' },
    message: 'Message',
    template: 'Mail template',
    hold: 'Marketing mail stands still',
    holdOf: {
      bounces: 'Marketing mail stands still: too much of it came back',
      complaints: 'Marketing mail stands still: too many people called it spam',
    } as Record<string, string>,
    holdWhy: (failed: string, sent: string) =>
      `${failed} of ${sent} ${plural.en(sent, 'message', 'messages')}. Clean the list before it goes on.`,
    release: 'Let it leave again',
    released: 'Marketing mail leaves again. Rates are counted anew from now on.',
  },
  fr: {
    outbox: 'Boîte d’envoi',
    templates: 'Modèles',
    suppressions: 'Adresses bloquées',
    days: 'Par jour',
    transport: 'Départ du courrier',
    parts: 'Parties du courrier',
    states: {
      QUEUED: 'en attente',
      SENT: 'envoyé',
      DELIVERED: 'remis',
      OPENED: 'ouvert',
      CLICKED: 'cliqué',
      BOUNCED: 'rejeté',
      COMPLAINED: 'signalé comme indésirable',
      SUPPRESSED: 'retenu',
      FAILED: 'échoué',
    },
    classes: { MARKETING: 'marketing', TRANSACTIONAL: 'transactionnel' },
    languages: { EN: 'anglais', FR: 'français' },
    message: 'Message',
    template: 'Modèle de courrier',
    hold: 'Le courrier commercial est suspendu',
    holdOf: {
      bounces: 'Le courrier commercial est suspendu : trop de messages sont revenus',
      complaints: 'Le courrier commercial est suspendu : trop de personnes l’ont signalé comme indésirable',
    },
    holdWhy: (failed, sent) =>
      `${failed} ${plural.fr(failed, 'message', 'messages')} sur ${sent}. Nettoyez la liste avant de reprendre.`,
    release: 'Le laisser repartir',
    released: 'Le courrier commercial repart. Les taux sont recomptés à partir de maintenant.',
  },
})
