import { defineMessages } from '@espalier/admin-kit'

export const messages = defineMessages({
  en: {
    title: 'Health',
    lead: 'How this installation is, part by part, and what to do where something is wrong.',
    states: { OK: 'works', DEGRADED: 'needs a look', DOWN: 'does not work' },
    all: { OK: 'Everything works', DEGRADED: 'Something needs a look', DOWN: 'Something does not work' },
    since: (version: string, since: string) => `Version ${version}, running since ${since}.`,
    lookedAt: 'Looked at',
    again: 'Look again',
    perMinute: (value: string) => `${value} a minute`,
    faults: 'Some of what plugins add to this app is left out',
    faultsWhy: 'Everything else works. Whoever maintains these plugins can mend it in their folder “admin”.',
    faultTaken: (plugin: string, what: string, name: string, by: string) =>
      `${plugin} adds ${what} “${name}”, which ${by} has already.`,
    faultNoPage: (plugin: string, name: string) => `${plugin} leads to the page “${name}”, which does not exist.`,
    faultOtherState: (plugin: string, name: string) =>
      `${plugin} leads to the page “${name}” with something in the address that it does not read.`,
    claimed: {
      page: 'the page',
      widget: 'the piece of the dashboard',
      decisions: 'the decisions',
      panel: 'the panel',
      command: 'the command',
      keys: 'the keys',
    },
  },
  fr: {
    title: 'Santé',
    lead: 'Comment va cette installation, partie par partie, et que faire quand quelque chose ne va pas.',
    states: { OK: 'fonctionne', DEGRADED: 'à regarder', DOWN: 'ne fonctionne pas' },
    all: { OK: 'Tout fonctionne', DEGRADED: 'Quelque chose est à regarder', DOWN: 'Quelque chose ne fonctionne pas' },
    since: (version, since) => `Version ${version}, en marche depuis ${since}.`,
    lookedAt: 'Regardé',
    again: 'Regarder à nouveau',
    perMinute: (value) => `${value} par minute`,
    faults: 'Une partie de ce que des plugins ajoutent à cette application est laissée de côté',
    faultsWhy:
      'Tout le reste fonctionne. La personne qui entretient ces plugins peut y remédier dans leur dossier « admin ».',
    faultTaken: (plugin, what, name, by) => `${plugin} ajoute ${what} « ${name} », que ${by} a déjà.`,
    faultNoPage: (plugin, name) => `${plugin} mène à la page « ${name} », qui n’existe pas.`,
    faultOtherState: (plugin, name) =>
      `${plugin} mène à la page « ${name} » avec quelque chose dans l’adresse qu’elle ne lit pas.`,
    claimed: {
      page: 'la page',
      widget: 'l’élément du tableau de bord',
      decisions: 'les décisions',
      panel: 'le panneau',
      command: 'la commande',
      keys: 'les touches',
    },
  },
})
