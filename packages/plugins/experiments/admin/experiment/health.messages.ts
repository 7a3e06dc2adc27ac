import { defineMessages, plural } from '@espalier/admin-kit'

export const messages = defineMessages({
  en: {
    tooFew: 'Too few visitors to tell',
    tooFewWhy: 'Whether every variant gets its share can be said once some hundreds have seen them.',
    fine: 'The variants get their shares',
    fineWhy: (p: string) =>
      `Differences this large come about by chance (p ${p}; below 0.001 would be an alarm). The counts can be believed.`,
    off: 'The variants do not get their shares',
    offWhy: (p: string) =>
      `Chance alone is almost never this far off (p ${p}). Somewhere visitors are lost or moved, so results cannot be trusted. Look below which variant, and where; mend it, then begin anew.`,
    shares: 'Who saw what',
    sharesLead: 'Bars are the visitors that were counted, marks those that the weights promised.',
    causes: 'Where each variant’s share comes from',
    variant: 'Variant',
    expected: 'Promised',
    recorded: 'Counted',
    captured: 'Drawn or lost',
    moved: 'Moved',
    capturedMeans:
      'Drawn or lost: visitors that a variant has more or less before anything is counted. Far from 0, its page is slow, broken, or shown to others.',
    movedMeans:
      'Moved: visitors that were given another variant than their place says. They kept one from before a change, or were merged.',
    imbalances: 'Where the shares are off',
    imbalancesLead: 'Parts of the visitors in which chance alone hardly explains the shares. The surest first.',
    imbalance: (part: string, visitors: string, p: string) =>
      `${part}: ${visitors} ${plural.en(visitors, 'visitor', 'visitors')} (p ${p})`,
    counts: 'What else was seen',
    facts: {
      crossovers: {
        name: 'Saw two variants',
        means: 'They stay with the first. Many mean that something changes under people.',
      },
      unexpected: {
        name: 'Unexpected',
        means: 'Counted though their place leaves them out: a link, an old page, another program.',
      },
      late: {
        name: 'Reported late',
        means: 'More than an hour after it happened. They count in the phase of that time.',
      },
      bots: { name: 'Robots', means: 'Views by crawlers. They count nowhere.' },
      forced: { name: 'By hand', means: 'Visitors that try a variant out. They count nowhere.' },
    },
  },
  fr: {
    tooFew: 'Trop peu de visiteurs pour le dire',
    tooFewWhy: 'On saura si chaque variante reçoit sa part quand quelques centaines les auront vues.',
    fine: 'Les variantes reçoivent leur part',
    fineWhy: (p: string) =>
      `De tels écarts arrivent par hasard (p ${p} ; en dessous de 0,001, ce serait une alerte). Les comptes sont fiables.`,
    off: 'Les variantes ne reçoivent pas leur part',
    offWhy: (p: string) =>
      `Le hasard seul n’en est presque jamais là (p ${p}). Des visiteurs sont perdus ou déplacés, les résultats ne sont pas fiables. Voyez plus bas quelle variante, et où ; réparez, puis recommencez.`,
    shares: 'Qui a vu quoi',
    sharesLead: 'Les barres sont les visiteurs comptés, les repères ceux que les poids promettaient.',
    causes: 'D’où vient la part de chaque variante',
    variant: 'Variante',
    expected: 'Promis',
    recorded: 'Comptés',
    captured: 'Gagnés ou perdus',
    moved: 'Déplacés',
    capturedMeans:
      'Gagnés ou perdus : visiteurs qu’une variante a en plus ou en moins avant tout comptage. Loin de 0, sa page est lente, cassée, ou montrée à d’autres.',
    movedMeans:
      'Déplacés : visiteurs qui ont reçu une autre variante que la leur. Ils gardaient celle d’avant un changement, ou furent fusionnés.',
    imbalances: 'Où la répartition est faussée',
    imbalancesLead: 'Parties des visiteurs que le hasard seul n’explique guère. Les plus sûres d’abord.',
    imbalance: (part: string, visitors: string, p: string) =>
      `${part} : ${visitors} ${plural.fr(visitors, 'visiteur', 'visiteurs')} (p ${p})`,
    counts: 'Ce qui fut vu d’autre',
    facts: {
      crossovers: {
        name: 'Ont vu deux variantes',
        means: 'Ils restent avec la première. Nombreux, quelque chose change sous leurs yeux.',
      },
      unexpected: {
        name: 'Inattendus',
        means: 'Comptés alors que leur place les exclut : un lien, une vieille page, un autre programme.',
      },
      late: { name: 'Signalés tard', means: 'Plus d’une heure après. Ils comptent dans la phase de ce moment.' },
      bots: { name: 'Robots', means: 'Vues de robots. Elles ne comptent nulle part.' },
      forced: { name: 'À la main', means: 'Visiteurs qui essaient une variante. Ils ne comptent nulle part.' },
    },
  },
})
