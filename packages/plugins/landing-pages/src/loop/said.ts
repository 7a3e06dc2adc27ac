import type { Told } from '@espalier/core'

export function said(en: string, fr: string): Told {
  return { en, fr }
}

/** "5.2%" and "5,2 %", of a share in [0, 1]; a rate below 1 % with one place more. */
export function percent(share: number): Told {
  const places = Math.abs(share) < 0.01 && share !== 0 ? 2 : 1
  const digits = (share * 100).toFixed(places)
  return { en: `${digits}%`, fr: `${digits.replace('.', ',')} %` }
}

/** "12,345" and "12 345". */
export function count(value: number): Told {
  return { en: Math.round(value).toLocaleString('en'), fr: Math.round(value).toLocaleString('fr') }
}
