import type { PluginHealthCheck } from '@espalier/core'
import type { Tracking } from './tracking.ts'

const minutes = 5

/** How the collector is: how much comes in, and whether anything of it is refused. */
export const collectorHealth: PluginHealthCheck<Tracking> = {
  key: 'tracking.collector',
  title: { en: 'Event collector', fr: 'Collecte d’événements' },
  read: async ({ counts, store }, system) => {
    // The second door: the number is the installation's, of all workspaces.
    const events = await store.countSince(system, new Date(system.clock.now().getTime() - minutes * 60_000))
    const figures = [
      {
        label: { en: 'Events, last 5 minutes', fr: 'Événements, 5 dernières minutes' },
        value: events / minutes,
        unit: 'perMinute',
      },
      {
        label: { en: 'Refused since the start', fr: 'Refusés depuis le démarrage' },
        value: counts.refused,
        unit: 'count',
      },
    ] as const
    const counted = counts.accepted + counts.duplicates
    if (counts.refused > 100 && counts.refused > counted / 10)
      return {
        state: 'degraded',
        sentence: {
          en: 'More than a tenth of what browsers and servers send is refused: a script may send what is not an event, or clocks may be far off.',
          fr: 'Plus d’un dixième de ce qu’envoient navigateurs et serveurs est refusé : un script envoie peut-être autre chose que des événements, ou des horloges sont très décalées.',
        },
        figures,
      }
    return {
      state: 'ok',
      sentence: {
        en: 'Events are counted as they are logged: what is acknowledged is in every figure.',
        fr: 'Les événements sont comptés en même temps qu’enregistrés : ce qui est confirmé est dans chaque chiffre.',
      },
      figures,
    }
  },
}
