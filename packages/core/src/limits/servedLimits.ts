import type { DefaultRateLimits } from '../http/rateLimits.ts'
import type { RateLimit } from '../http/route.ts'
import { maxPageSize } from '../schema/lists/page.ts'
import { graphqlBodyLimit } from '../schema/serve/graphqlEndpoint.ts'
import { defaultOperationLimits } from '../schema/serve/operationLimits.ts'
import { defaultWebSocketLimits } from '../schema/serve/webSockets.ts'
import type { LimitDefinition } from './limit.ts'

/** What one caller may ask of the API, whatever the plugins. */
export function servedLimits({ apiKey, user, anonymous }: DefaultRateLimits): LimitDefinition[] {
  return [
    rate('core.requests-by-key', apiKey, {
      title: { en: 'Requests by an API key', fr: 'Requêtes d’une clé d’API' },
      about: {
        en: 'Each key, to each of the APIs. What is beyond gets 429 and when to come back.',
        fr: 'Chaque clé, vers chacune des API. Au-delà, la réponse est 429 et dit quand revenir.',
      },
    }),
    rate('core.requests-by-person', user, {
      title: { en: 'Requests by a person', fr: 'Requêtes d’une personne' },
      about: {
        en: 'Each editor and viewer. Owners and admins have no such limit.',
        fr: 'Chaque éditeur et lecteur. Propriétaires et administrateurs n’ont pas cette limite.',
      },
    }),
    rate('core.requests-by-stranger', anonymous, {
      title: { en: 'Requests by somebody who is not signed in', fr: 'Requêtes de qui n’est pas connecté' },
      about: {
        en: 'Each network address, for each of the APIs; an IPv6 one with its whole /64.',
        fr: 'Chaque adresse réseau, pour chacune des API ; en IPv6, avec tout son /64.',
      },
    }),
    fixed('core.operation-cost', 'count', defaultOperationLimits.cost, {
      title: { en: 'Cost of a GraphQL operation', fr: 'Coût d’une opération GraphQL' },
      about: {
        en: 'A field costs 1, times the length of the lists that it stands in. More is refused before it runs.',
        fr: 'Un champ coûte 1, multiplié par la longueur des listes qui le contiennent. Au-delà, l’opération est refusée avant de s’exécuter.',
      },
    }),
    fixed('core.operation-depth', 'count', defaultOperationLimits.depth, {
      title: { en: 'Levels of a GraphQL operation', fr: 'Niveaux d’une opération GraphQL' },
      about: { en: 'Fields within fields.', fr: 'Des champs dans des champs.' },
    }),
    fixed('core.operation-tokens', 'count', defaultOperationLimits.tokens, {
      title: { en: 'Length of a GraphQL operation', fr: 'Longueur d’une opération GraphQL' },
      about: { en: 'Words and signs of its text.', fr: 'Mots et signes de son texte.' },
    }),
    fixed('core.operation-body', 'bytes', graphqlBodyLimit, {
      title: { en: 'Size of a request to GraphQL', fr: 'Taille d’une requête GraphQL' },
      about: { en: 'The operation with its variables.', fr: 'L’opération avec ses variables.' },
    }),
    fixed('core.page-size', 'count', maxPageSize, {
      title: { en: 'Rows of a page', fr: 'Lignes d’une page' },
      about: {
        en: 'Of any list, asked for with first or last. Walk on with its cursor.',
        fr: 'De toute liste, demandées par first ou last. Continuez avec son curseur.',
      },
    }),
    fixed('core.live-operations', 'count', defaultWebSocketLimits.operations, {
      title: { en: 'Live subscriptions of a browser tab', fr: 'Abonnements en direct d’un onglet' },
      about: {
        en: 'Open at the same time over one WebSocket; equal ones count each.',
        fr: 'Ouverts en même temps sur un WebSocket ; des abonnements identiques comptent chacun.',
      },
    }),
    fixed('core.live-sockets', 'count', defaultWebSocketLimits.perAddress, {
      title: { en: 'Live connections of a network address', fr: 'Connexions en direct d’une adresse réseau' },
      about: {
        en: 'Open at the same time, to each server process.',
        fr: 'Ouvertes en même temps, vers chaque processus.',
      },
    }),
  ]
}

type Words = Pick<LimitDefinition, 'title' | 'about'>

function rate(key: string, { points, seconds }: RateLimit, words: Words): LimitDefinition {
  return { ...fixed(key, 'count', (points * 60) / seconds, words), per: 'minute' }
}

function fixed(key: string, unit: LimitDefinition['unit'], most: number, words: Words): LimitDefinition {
  return { key, unit, ...words, from: { kind: 'fixed' }, read: () => ({ most }) }
}
