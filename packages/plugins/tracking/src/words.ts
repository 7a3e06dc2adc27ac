import type { PluginWords } from '@espalier/core'
import type { settings } from './settings.ts'

/** What the plugin, its settings and its permissions are called in the web app. */
export const words: PluginWords<typeof settings> = {
  title: { en: 'Traffic', fr: 'Trafic' },
  about: {
    en: 'Counts who looks at your pages, and what they do there.',
    fr: 'Compte qui regarde vos pages, et ce qu’on y fait.',
  },
  settings: {
    timeZone: {
      title: { en: 'Time zone', fr: 'Fuseau horaire' },
      fr: 'Où commencent heures et journées dans les chiffres : un fuseau IANA, comme Europe/Paris.',
    },
    respectDoNotTrack: {
      title: { en: 'Respect “do not track”', fr: 'Respecter « ne pas me suivre »' },
      fr: 'Ne compter personne dont le navigateur envoie Do Not Track ou Global Privacy Control.',
    },
    cookieless: {
      title: { en: 'Without cookies', fr: 'Sans cookies' },
      fr: 'Ne rien garder dans les navigateurs : distinguer les visiteurs pour un jour, par une empreinte dont le sel est ensuite jeté.',
    },
    requireConsent: {
      title: { en: 'Ask for consent first', fr: 'Demander le consentement' },
      fr: 'Ne compter personne, et ne rien garder dans les navigateurs, avant que la page dise espalier.consent(true).',
    },
    scriptName: {
      title: { en: 'Name of the tracker', fr: 'Nom du traceur' },
      fr: 'Servir le traceur comme /a/<nom>.js et sa collecte comme /a/<nom>, qu’aucune liste de blocage ne connaît.',
    },
    countryHeader: {
      title: { en: 'Header with the country', fr: 'En-tête du pays' },
      fr: 'En-tête dans lequel le proxy en amont dit le pays d’un visiteur, comme cf-ipcountry.',
    },
    countryDatabase: {
      title: { en: 'Find the country by address', fr: 'Trouver le pays par l’adresse' },
      fr: 'Trouver le pays d’un visiteur par son adresse, quand aucun en-tête ne le dit. Géolocalisation par DB-IP.com.',
    },
  },
  permissions: {
    'tracking:read': 'Voir les sites, les événements et les chiffres',
    'tracking:write': 'Créer, changer et supprimer des sites',
    'tracking:ingest': 'Envoyer des événements depuis des serveurs, au nom de tout visiteur',
  },
}
