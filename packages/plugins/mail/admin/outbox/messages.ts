import { defineMessages } from '@espalier/admin-kit'

export const messages = defineMessages({
  en: {
    lead: 'Every message of the workspace, and what became of it.',
    leavesBy: {
      outbox: 'Messages stay in this outbox: nothing leaves the house until a provider is set.',
      ses: 'Messages leave over Amazon SES.',
      smtp: 'Messages leave over SMTP.',
    } as Record<string, string>,
    setUp: 'Set up a provider',
    rate: (perSecond: string) => `At most ${perSecond} a second.`,
    held: (until: string) => `Sending is held until ${until}.`,
    waiting: (count: string, one: boolean) => (one ? '1 message waits.' : `${count} messages wait.`),
    unknown: (count: string, one: boolean) =>
      one
        ? 'Of 1 message it is not known whether the provider took it.'
        : `Of ${count} messages it is not known whether the provider took them.`,
    list: 'Messages',
    search: 'Search address or subject',
    subject: 'Subject',
    to: 'To',
    from: 'From',
    state: 'State',
    class: 'Kind',
    template: 'Template',
    cost: 'Cost',
    queued: 'Queued',
    sent: 'Sent',
    noSubject: '(erased)',
    resend: 'Send again',
    resendTitle: (count: number) => (count === 1 ? 'Send 1 message again?' : `Send ${count} messages again?`),
    resendWhy: 'Each leaves once more. Where it is not known whether the first one arrived, people may get it twice.',
    cancel: 'Do not send',
    empty: 'No message yet',
    emptyWhy:
      'Reports, notifications and answers to forms arrive here before they leave: what was written, to whom, and what became of it.',
    emptyDo: 'See the templates',
  },
  fr: {
    lead: 'Chaque message de l’espace de travail, et ce qu’il est devenu.',
    leavesBy: {
      outbox: 'Les messages restent dans cette boîte d’envoi : rien ne part tant qu’aucun fournisseur n’est configuré.',
      ses: 'Les messages partent par Amazon SES.',
      smtp: 'Les messages partent par SMTP.',
    },
    setUp: 'Configurer un fournisseur',
    rate: (perSecond) => `Au plus ${perSecond} par seconde.`,
    held: (until) => `L’envoi est suspendu jusqu’à ${until}.`,
    waiting: (count, one) => (one ? `${count} message attend.` : `${count} messages attendent.`),
    unknown: (count, one) =>
      one
        ? `On ne sait pas si le fournisseur a pris ${count} message.`
        : `On ne sait pas si le fournisseur a pris ${count} messages.`,
    list: 'Messages',
    search: 'Chercher une adresse ou un objet',
    subject: 'Objet',
    to: 'À',
    from: 'De',
    state: 'État',
    class: 'Genre',
    template: 'Modèle',
    cost: 'Coût',
    queued: 'Écrit',
    sent: 'Envoyé',
    noSubject: '(effacé)',
    resend: 'Envoyer à nouveau',
    resendTitle: (count) =>
      count <= 1 ? `Envoyer à nouveau ${count} message ?` : `Envoyer à nouveau ${count} messages ?`,
    resendWhy:
      'Chacun part une fois de plus. Si l’on ne sait pas si le premier est arrivé, on peut le recevoir deux fois.',
    cancel: 'Ne pas envoyer',
    empty: 'Aucun message pour l’instant',
    emptyWhy:
      'Rapports, notifications et réponses aux formulaires arrivent ici avant de partir : ce qui a été écrit, à qui, et ce qu’il est devenu.',
    emptyDo: 'Voir les modèles',
  },
})
