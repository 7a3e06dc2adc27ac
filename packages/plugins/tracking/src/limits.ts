import type { PluginLimit } from '@espalier/core'
import { maxBodyBytes, maxEvents } from './requestLimits.ts'
import { limit } from './routes.ts'
import type { Tracking } from './tracking.ts'

/** What the collector takes, and how long its log is kept. */
export const trackingLimits: readonly PluginLimit<Tracking>[] = [
  {
    key: 'tracking.requests',
    title: { en: 'Requests to the collector', fr: 'Requêtes à la collecte' },
    about: {
      en: 'Of each network address. What is beyond gets 429; the tracker tries again later.',
      fr: 'De chaque adresse réseau. Au-delà, la réponse est 429 ; le traceur réessaie plus tard.',
    },
    unit: 'count',
    per: 'minute',
    from: { kind: 'fixed' },
    read: () => ({ most: (limit.points * 60) / limit.seconds }),
  },
  {
    key: 'tracking.events-of-request',
    title: { en: 'Events of a request', fr: 'Événements d’une requête' },
    about: { en: 'Sent at once by a tracker or a server.', fr: 'Envoyés d’un coup par un traceur ou un serveur.' },
    unit: 'count',
    from: { kind: 'fixed' },
    read: () => ({ most: maxEvents }),
  },
  {
    key: 'tracking.request-body',
    title: { en: 'Size of a request to the collector', fr: 'Taille d’une requête à la collecte' },
    about: { en: 'Longer ones are refused.', fr: 'Les plus longues sont refusées.' },
    unit: 'bytes',
    from: { kind: 'fixed' },
    read: () => ({ most: maxBodyBytes }),
  },
  {
    key: 'tracking.retention',
    title: { en: 'Single events are kept', fr: 'Les événements sont gardés' },
    about: {
      en: 'Older ones are dropped by the week, for all workspaces. The numbers in reports stay for ever.',
      fr: 'Les plus anciens partent par semaines entières, dans tous les espaces. Les chiffres des rapports restent pour toujours.',
    },
    unit: 'days',
    from: { kind: 'environment', name: 'ESPALIER_EVENT_RETENTION_DAYS' },
    read: ({ retentionDays }) => ({ most: retentionDays ?? null }),
  },
]
