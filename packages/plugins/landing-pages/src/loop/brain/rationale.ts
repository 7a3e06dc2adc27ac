import type { Arm } from '../arm.ts'
import type { Expected } from './expectation.ts'
import type { Operation } from './recombination.ts'

/** What was done to a page, and what is expected of it, for people who decide about it. */
export function rationaleOf(
  parent: Pick<Arm, 'key'>,
  operations: readonly Operation[],
  expected: Expected,
): { en: string; fr: string } {
  return {
    en: `Recombined from “${parent.key}”: ${operations.map(inEnglish).join('; ')}. ${forecast('en', expected)}`,
    fr: `Recombinée à partir de « ${parent.key} » : ${operations.map(inFrench).join(' ; ')}. ${forecast('fr', expected)}`,
  }
}

function inEnglish(operation: Operation): string {
  switch (operation.kind) {
    case 'replace':
      return `the ${operation.block} of “${operation.from}”`
    case 'insert':
      return `the ${operation.block} of “${operation.from}” added`
    case 'remove':
      return `without the ${operation.block}`
    case 'move':
      return `the ${operation.block} before the ${operation.before}`
    case 'order':
      return `blocks in the order of “${operation.from}”`
    case 'label':
      return `the button of “${operation.from}” in the ${operation.block}`
  }
}

function inFrench(operation: Operation): string {
  switch (operation.kind) {
    case 'replace':
      return `le bloc ${operation.block} de « ${operation.from} »`
    case 'insert':
      return `le bloc ${operation.block} de « ${operation.from} » ajouté`
    case 'remove':
      return `sans le bloc ${operation.block}`
    case 'move':
      return `le bloc ${operation.block} avant le bloc ${operation.before}`
    case 'order':
      return `les blocs dans l’ordre de « ${operation.from} »`
    case 'label':
      return `le bouton de « ${operation.from} » dans le bloc ${operation.block}`
  }
}

/** Log odds to relative lift: about the same for small rates. */
function forecast(language: 'en' | 'fr', { mean, deviation }: Expected): string {
  const percent = new Intl.NumberFormat(language, {
    ...{ style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' },
  })
  const lift = (logOdds: number) => percent.format(Math.expm1(logOdds))
  const [middle, from, to] = [mean, mean - 1.96 * deviation, mean + 1.96 * deviation].map(lift)
  return language === 'en'
    ? `From what its parts did elsewhere, ${middle} against the control is expected (${from} to ${to}); visitors will tell.`
    : `D’après ce que ses parties ont fait ailleurs, ${middle} par rapport au témoin est attendu (de ${from} à ${to}) ; les visiteurs en jugeront.`
}
