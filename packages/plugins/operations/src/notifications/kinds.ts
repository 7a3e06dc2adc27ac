import { StartError } from '@espalier/core'
import type { NotificationKind } from '../notifier.ts'

/** What people can be told of: the kinds below, and what other plugins add in their setup. */
export class Kinds {
  readonly #kinds = new Map<string, NotificationKind>()

  constructor() {
    for (const kind of builtIn) this.add(kind)
  }

  /** @throws StartError for a kind that is there, or a name that is none */
  add(kind: NotificationKind): void {
    const { name } = kind
    if (!/^[a-z][a-zA-Z]{1,59}$/.test(name)) {
      throw new StartError(
        'NOTIFICATION_KIND_NAME',
        `A kind of notification is named "${name}". Name it with letters, such as "newVariant".`,
      )
    }
    if (this.#kinds.has(name)) {
      throw new StartError('NOTIFICATION_KIND_DUPLICATED', `Two kinds of notification are named "${name}". Rename one.`)
    }
    this.#kinds.set(name, kind)
  }

  get all(): readonly NotificationKind[] {
    return [...this.#kinds.values()]
  }

  find(name: string): NotificationKind | undefined {
    return this.#kinds.get(name)
  }
}

/** Mail is quiet by default: at once only what wants somebody. */
const builtIn: readonly NotificationKind[] = [
  {
    name: 'newVariant',
    description: {
      en: 'A page got a new variant, or one was switched off',
      fr: 'Une page a une nouvelle variante, ou une variante a été arrêtée',
    },
    mail: 'digest',
  },
  {
    name: 'significantChange',
    description: { en: 'An experiment came to a verdict', fr: 'Une expérience a donné un verdict' },
    mail: 'digest',
  },
  {
    name: 'conversionRecord',
    description: { en: 'A variant converts better than any before', fr: 'Une variante convertit mieux que jamais' },
    mail: 'digest',
  },
  {
    name: 'approval',
    description: { en: 'Something waits for your yes or no', fr: 'Une décision vous attend' },
    mail: 'atOnce',
  },
  {
    name: 'problem',
    description: { en: 'Something is wrong', fr: 'Quelque chose ne va pas' },
    mail: 'atOnce',
  },
  {
    name: 'budget',
    description: { en: 'A budget is nearly or wholly used up', fr: 'Un budget est presque ou entièrement épuisé' },
    mail: 'atOnce',
  },
  {
    name: 'failedJob',
    description: { en: 'Background work failed for good', fr: 'Une tâche de fond a échoué définitivement' },
    mail: 'digest',
  },
  {
    name: 'alert',
    description: { en: 'An alert was raised or resolved', fr: 'Une alerte a été déclenchée ou résolue' },
    mail: 'atOnce',
  },
]
