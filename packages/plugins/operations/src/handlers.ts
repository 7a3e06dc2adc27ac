import { budgetReached, budgetWarned } from '@espalier/ai'
import { jobFailed, when } from '@espalier/core'
import { experimentCompleted, verdictReached } from '@espalier/experiments'
import {
  approvalNeeded,
  conversionRecord,
  loopProblem,
  variantIntroduced,
  variantRetired,
} from '@espalier/landing-pages'
import { mailSendingHeld } from '@espalier/mail'
import { formatMoney } from './alerts/words.ts'
import type { Operations } from './operations.ts'

/** What other plugins say has happened, told to people. An event that comes twice has the same key: it is told once. */
export const handlers = [
  when(verdictReached, async ({ payload: { experimentId, phase, state } }, context, operations: Operations) => {
    const told = await operations.verdictOf(context, experimentId)
    if (!told) return
    const { name, variant, reasons } = told
    const title = {
      winner: { en: `“${name}”: ${variant} wins`, fr: `« ${name} » : ${variant} gagne` },
      loser: { en: `“${name}”: nothing beats ${variant}`, fr: `« ${name} » : rien ne bat ${variant}` },
      inconclusive: { en: `“${name}” shows no difference`, fr: `« ${name} » ne montre pas de différence` },
    }[state]
    await operations.notify(context, {
      kind: 'significantChange',
      key: `verdict/${experimentId}/${phase}`,
      severity: state === 'winner' ? 'success' : 'info',
      title,
      body: reasons,
      link: `/experiments/${experimentId}`,
      data: { experimentId, phase, state },
    })
  }),

  when(experimentCompleted, async ({ id, payload: { experimentId, winner } }, context, operations: Operations) => {
    const name = (await operations.verdictOf(context, experimentId))?.name
    // Ended without a verdict: whoever ended it knows.
    if (name === undefined || winner === null) return
    await operations.notify(context, {
      kind: 'significantChange',
      key: `completed/${id}`,
      severity: 'success',
      title: {
        en: `“${name}” ended: everyone gets ${winner}`,
        fr: `« ${name} » est terminée : tout le monde voit ${winner}`,
      },
      link: `/experiments/${experimentId}`,
      data: { experimentId, winner },
    })
  }),

  when(budgetWarned, async ({ id, payload }, context, operations: Operations) => {
    await operations.notify(context, {
      kind: 'budget',
      key: `budget-warned/${id}`,
      severity: 'warning',
      title: { en: '80% of a budget for models is spent', fr: '80 % d’un budget pour les modèles est dépensé' },
      ...spent(payload),
    })
  }),

  when(budgetReached, async ({ id, payload }, context, operations: Operations) => {
    await operations.notify(context, {
      kind: 'budget',
      key: `budget-reached/${id}`,
      severity: 'critical',
      title: {
        en: 'A budget for models is used up: no more calls this month',
        fr: 'Un budget pour les modèles est épuisé : plus aucun appel ce mois-ci',
      },
      ...spent(payload),
    })
  }),

  when(variantIntroduced, async ({ payload }, context, operations: Operations) => {
    const { pageId, pageTitle, stepId, variantKey } = payload
    await operations.notify(context, {
      kind: 'newVariant',
      key: `introduced/${stepId}`,
      severity: 'info',
      title: {
        en: `New variant of “${pageTitle}”: ${variantKey}`,
        fr: `Nouvelle variante de « ${pageTitle} » : ${variantKey}`,
      },
      ...summary(payload),
      data: { pageId, stepId, variantKey },
    })
  }),

  when(variantRetired, async ({ payload }, context, operations: Operations) => {
    const { pageId, pageTitle, stepId, variantKey } = payload
    await operations.notify(context, {
      kind: 'newVariant',
      key: `retired/${stepId}`,
      severity: 'info',
      title: {
        en: `A variant of “${pageTitle}” was switched off: ${variantKey}`,
        fr: `Une variante de « ${pageTitle} » a été arrêtée : ${variantKey}`,
      },
      ...summary(payload),
      data: { pageId, stepId, variantKey },
    })
  }),

  when(conversionRecord, async ({ payload }, context, operations: Operations) => {
    const { pageId, pageTitle, runId, variantKey, conversionRate } = payload
    await operations.notify(context, {
      kind: 'conversionRecord',
      key: `record/${runId}/${variantKey}`,
      severity: 'success',
      title: {
        en: `A record on “${pageTitle}”: ${variantKey}`,
        fr: `Un record sur « ${pageTitle} » : ${variantKey}`,
      },
      ...summary(payload),
      data: { pageId, variantKey, conversionRate },
    })
  }),

  when(loopProblem, async ({ payload }, context, operations: Operations) => {
    const { pageId, pageTitle, runId, code } = payload
    await operations.notify(context, {
      kind: 'problem',
      key: `loop-problem/${runId}/${code}`,
      severity: 'warning',
      title: {
        en: `“${pageTitle}” is not improved for now`,
        fr: `« ${pageTitle} » n’est pas améliorée pour l’instant`,
      },
      ...summary(payload),
      data: { pageId, runId, code },
    })
  }),

  when(approvalNeeded, async ({ payload }, context, operations: Operations) => {
    const { pageId, pageTitle, stepId, kind, variantKey } = payload
    await operations.notify(context, {
      kind: 'approval',
      key: `approval/${stepId}`,
      severity: 'warning',
      title: {
        en: `“${pageTitle}” waits for your yes or no`,
        fr: `« ${pageTitle} » attend votre décision`,
      },
      ...summary(payload),
      data: { pageId, stepId, kind, variantKey },
    })
  }),

  when(mailSendingHeld, async ({ payload: { holdId } }, context, operations: Operations) => {
    await operations.notify(context, {
      kind: 'problem',
      key: `mail-held/${holdId}`,
      severity: 'critical',
      title: { en: 'Marketing mail stands still', fr: 'Les envois marketing sont suspendus' },
      body: {
        en: 'Too many messages came back or were called spam. Look at the addresses, then release the mail.',
        fr: 'Trop de messages sont revenus ou ont été signalés comme indésirables. Vérifiez les adresses, puis reprenez les envois.',
      },
      link: '/mail',
      data: { holdId },
    })
  }),

  when(jobFailed, async ({ payload: { jobId, job, code, message } }, context, operations: Operations) => {
    await operations.notify(context, {
      kind: 'failedJob',
      // A job that fails a thousand times in an hour is one thing to look at.
      key: `job/${job}/${context.clock.now().toISOString().slice(0, 13)}`,
      severity: 'warning',
      title: { en: `A job failed for good: ${job}`, fr: `Une tâche a échoué définitivement : ${job}` },
      body: { en: message, fr: message },
      link: `/jobs/${jobId}`,
      data: { jobId, job, code },
    })
  }),
]

function summary({ pageId, summaryEn, summaryFr }: { pageId: string; summaryEn: string; summaryFr: string }) {
  return { body: { en: summaryEn, fr: summaryFr }, link: `/pages/${pageId}` }
}

function spent(budget: { month: string; purpose: string; limitMicros: number; spentMicros: number }) {
  const { month, purpose, limitMicros, spentMicros } = budget
  const words = (language: 'en' | 'fr') => {
    const [used, all] = [formatMoney(spentMicros, language), formatMoney(limitMicros, language)]
    if (language === 'fr')
      return `${used} sur ${all} en ${month}, ${purpose ? `pour ${purpose}` : 'tous usages confondus'}.`
    return `${used} of ${all} in ${month}, ${purpose ? `for ${purpose}` : 'for all purposes together'}.`
  }
  return { body: { en: words('en'), fr: words('fr') }, link: '/costs', data: { ...budget } }
}
