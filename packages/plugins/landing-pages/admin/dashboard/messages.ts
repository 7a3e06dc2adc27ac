import { defineMessages, plural } from '@espalier/admin-kit'

export const messages = defineMessages({
  en: {
    widgetEmpty: 'No page has had visitors in this time.',
    conversions: 'Conversions',
    ofVisitors: (count: string, rate: string) => `${count} ${plural.en(count, 'visitor', 'visitors')}, ${rate}`,
    widgetAll: 'All landing pages',
    decisionRollout: (page: string, key: string) => `The rollout of “${key}” on “${page}” waits for you`,
    decisionRolloutRed: (page: string, key: string) => `“${key}” does worse on “${page}”`,
    foundType: 'Landing page',
    foundImage: 'Image',
  },
  fr: {
    widgetEmpty: 'Aucune page n’a eu de visiteurs pendant cette période.',
    conversions: 'Conversions',
    ofVisitors: (count, rate) => `${count} ${plural.fr(count, 'visiteur', 'visiteurs')}, ${rate}`,
    widgetAll: 'Toutes les pages',
    decisionRollout: (page, key) => `Le déploiement de « ${key} » sur « ${page} » vous attend`,
    decisionRolloutRed: (page, key) => `« ${key} » fait pire sur « ${page} »`,
    foundType: 'Page d’atterrissage',
    foundImage: 'Image',
  },
})
