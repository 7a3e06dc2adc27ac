import type { Told } from '@espalier/core'
import { said } from '../said.ts'

/** Why a proposed version is refused, in words. */
export interface Reason extends Told {
  /** Stable: integrators act on it. */
  readonly code: string
  /** `props.id` of the block; null for the page as a whole. */
  readonly blockId: string | null
}

export function reason(code: string, en: string, fr: string, blockId: string | null = null): Reason {
  return { code, ...said(en, fr), blockId }
}
