import { ask, type FoundObject, plainId, target } from '@espalier/admin-kit'
import { FoundOperationsDocument } from './documents.ts'
import { alertPage, rulePage } from './pages.ts'

const words = {
  en: { rule: 'Alert rule', alert: 'Alert' },
  fr: { rule: 'Règle d’alerte', alert: 'Alerte' },
}

/** Alert rules and alerts for the palette. */
export default async function search(text: string): Promise<FoundObject[]> {
  const { alertRules, alerts } = await ask(FoundOperationsDocument, { text })
  const m = document.documentElement.lang === 'fr' ? words.fr : words.en
  return [
    ...alertRules.nodes.map(({ id, name, metric }) => ({
      id,
      type: m.rule,
      label: name,
      detail: metric,
      target: target(rulePage, { params: { id: plainId(id) } }),
    })),
    ...alerts.nodes.map(({ id, cause, rule }) => ({
      id,
      type: m.alert,
      label: rule.name,
      detail: cause,
      target: target(alertPage, { params: { id: plainId(id) } }),
    })),
  ]
}
