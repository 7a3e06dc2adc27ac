import { type SqlContext, sql } from '@espalier/core'
import type { ToldVerdict } from '@espalier/experiments'
import type { Words } from '../alerts/metric.ts'
import { formatMoney } from '../alerts/words.ts'
import type { Costs } from '../costs/costs.ts'
import type { ReportItem, ReportSection } from './section.ts'

/** Items that a section shows at most; of the others it tells how many. */
const shown = 10

/** What won, and what is new: as people were told. */
export const wonSection: ReportSection = {
  name: 'won',
  heading: { en: 'What won, and what is new', fr: 'Ce qui a gagné, et ce qui est nouveau' },
  items: async (context, { from, to }) => {
    const told = await context.db.query<{ titleEn: string; titleFr: string; link: string | null }>(sql`
      select "titleEn", "titleFr", "link" from "Notification"
      where "createdAt" >= ${from} and "createdAt" < ${to} and "kind" in ('significantChange', 'conversionRecord', 'newVariant')
      order by "createdAt", "id" limit 200`)
    return firstOf(told.map(({ titleEn, titleFr, link }) => item({ en: titleEn, fr: titleFr }, link)))
  },
}

/** What it cost, by kind, and since the month began. */
export function costSection(costs: Costs): ReportSection {
  return {
    name: 'cost',
    heading: { en: 'What it cost', fr: 'Ce que cela a coûté' },
    items: async (context, { from, to, day }) => {
      const spent = await costs.byDay(context, from, to)
      const month = new Date(`${day.slice(0, 7)}-01T00:00:00Z`)
      const sinceMonth = sum(await costs.byDay(context, month, to))
      if (spent.length === 0 && sinceMonth === 0) return []
      const kinds = [...new Set(spent.map(({ kind }) => kind))].map((kind) => {
        const of = spent.filter((cost) => cost.kind === kind)
        const count = of.reduce((total, cost) => total + cost.count, 0)
        const words = kindWords[kind] ?? { en: kind, fr: kind }
        return {
          text: {
            en: `${words.en}: ${formatMoney(sum(of), 'en')} (${count}).`,
            fr: `${words.fr} : ${formatMoney(sum(of), 'fr')} (${count}).`,
          },
          link: '/costs',
        }
      })
      return [
        ...kinds,
        {
          text: {
            en: `Since the month began: ${formatMoney(sinceMonth, 'en')}.`,
            fr: `Depuis le début du mois : ${formatMoney(sinceMonth, 'fr')}.`,
          },
          link: '/costs',
        },
      ]
    },
  }
}

const kindWords: Readonly<Record<string, Words>> = {
  models: { en: 'Calls of models', fr: 'Appels de modèles' },
  mail: { en: 'Mail', fr: 'Courrier' },
}

function sum(costs: readonly { costMicros: number }[]): number {
  return costs.reduce((total, { costMicros }) => total + costMicros, 0)
}

/** What other plugins wait for somebody to decide. */
export interface Undecided {
  readonly verdicts: (context: SqlContext) => Promise<readonly ToldVerdict[]>
  readonly steps: (
    context: SqlContext,
  ) => Promise<readonly { pageId: string; pageTitle: string; summaryEn: string; summaryFr: string }[]>
}

/** What needs a decision now: steps that wait, verdicts that nobody has acted on, alerts that are open. */
export function decisionSection({ verdicts, steps }: Undecided): ReportSection {
  return {
    name: 'decision',
    heading: { en: 'What needs a decision', fr: 'Ce qui attend une décision' },
    items: async (context) => {
      const waiting = (await steps(context)).map(({ pageId, pageTitle, summaryEn, summaryFr }) =>
        item({ en: `${pageTitle}: ${summaryEn}`, fr: `${pageTitle} : ${summaryFr}` }, `/pages/${pageId}`),
      )
      const undecided = (await verdicts(context)).map(({ experimentId, name, state, variant }) =>
        item(verdictWords(name, state, variant), `/experiments/${experimentId}`),
      )
      const alerts = await context.db.query<{ id: string; name: string; causeEn: string; causeFr: string }>(sql`
        select alert."id", rule."name", alert."causeEn", alert."causeFr" from "Alert" alert join "AlertRule" rule
          on rule."workspaceId" = alert."workspaceId" and rule."id" = alert."ruleId"
        where alert."status" = 'open' order by alert."openedAt" limit 50`)
      const open = alerts.map(({ id, name, causeEn, causeFr }) =>
        item({ en: `Alert “${name}”: ${causeEn}`, fr: `Alerte « ${name} » : ${causeFr}` }, `/alerts/${id}`),
      )
      return firstOf([...waiting, ...open, ...undecided])
    },
  }
}

function verdictWords(name: string, state: ToldVerdict['state'], variant: string | null): Words {
  if (state === 'winner')
    return {
      en: `“${name}”: ${variant} won and is not for everyone yet.`,
      fr: `« ${name} » : ${variant} a gagné et n’est pas encore pour tout le monde.`,
    }
  if (state === 'loser')
    return {
      en: `“${name}”: nothing beats ${variant}. It still runs.`,
      fr: `« ${name} » : rien ne bat ${variant}. Elle tourne encore.`,
    }
  return {
    en: `“${name}” shows no difference. It still runs.`,
    fr: `« ${name} » ne montre pas de différence. Elle tourne encore.`,
  }
}

function item(text: Words, link: string | null): ReportItem {
  return link === null ? { text } : { text, link }
}

function firstOf(items: readonly ReportItem[]): ReportItem[] {
  if (items.length <= shown) return [...items]
  const more = items.length - shown
  return [...items.slice(0, shown), { text: { en: `And ${more} more.`, fr: `Et ${more} de plus.` } }]
}
