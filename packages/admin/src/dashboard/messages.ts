import { defineMessages } from '@espalier/admin-kit'

export const messages = defineMessages({
  en: {
    title: 'Dashboard',
    decisions: 'What needs a decision',
    nothingWaits: 'Nothing waits for you.',
    nothingWaitsHint:
      'What somebody has to decide comes here by itself: results, drafts to approve, alerts, failed work.',
    notAllAsked: 'Not everything could be asked: something may wait that is not shown here.',
    showAll: (count: number) => `Show all ${count}`,
    showFewer: 'Show fewer',
    widgets: 'Figures',
    noWidgets: 'Nothing to show',
    noWidgetsHint: 'The plugins that bring figures are switched off, or your role does not show them.',
    broken: 'This piece broke.',
  },
  fr: {
    title: 'Tableau de bord',
    decisions: 'À décider',
    nothingWaits: 'Rien ne vous attend.',
    nothingWaitsHint:
      'Ce qui demande une décision arrive ici tout seul : résultats, brouillons à approuver, alertes, travaux échoués.',
    notAllAsked: 'Tout n’a pas pu être demandé : quelque chose attend peut-être sans être affiché ici.',
    showAll: (count: number) => `Tout afficher (${count})`,
    showFewer: 'Afficher moins',
    widgets: 'Chiffres',
    noWidgets: 'Rien à afficher',
    noWidgetsHint: 'Les plugins qui apportent des chiffres sont désactivés, ou votre rôle ne les montre pas.',
    broken: 'Cet élément est en panne.',
  },
})
