import type { Told } from '@espalier/core'
/** What can be said about a page before it is published. Stable: integrators act on it. */
export const findingCodes = {
  CONTENT_INVALID: 'error',
  ANCHOR_MISSING: 'error',
  LINKED_PAGE_MISSING: 'error',
  IMAGE_MISSING: 'error',
  VARIANT_MISSING: 'error',
  VARIANT_UNPUBLISHED: 'warning',
  VARIANT_UNUSED: 'warning',
  CONTROL_NOT_FIRST: 'warning',
  LINK_BROKEN: 'warning',
  LINK_UNCHECKED: 'warning',
  LINK_PRIVATE: 'warning',
  IMAGE_BROKEN: 'warning',
  ALT_MISSING: 'warning',
  CONTRAST_LOW: 'warning',
  CONTRAST_UNKNOWN: 'warning',
  HEADING_FIRST: 'warning',
  HEADING_SKIPPED: 'warning',
  HEADING_TWICE: 'warning',
  TEXT_LONG: 'warning',
  PAGE_HEAVY: 'warning',
} as const

export type FindingCode = keyof typeof findingCodes

/** `error` keeps a page from being published; `warning` does not. */
export type Severity = (typeof findingCodes)[FindingCode]

/** Something on a page that visitors would stumble over, and what to do about it. */
export interface Finding {
  readonly code: FindingCode
  readonly severity: Severity
  /** Names what is wrong and the way out. */
  readonly message: Told
  readonly variantKey: string
  /** `props.id` of the block; null for the page as a whole. */
  readonly blockId: string | null
}

/** What a check says of one variant. */
export type Remark = Pick<Finding, 'code' | 'message' | 'blockId'>

export function remark(code: FindingCode, message: Told, blockId: string | null = null): Remark {
  return { code, message, blockId }
}

export function findingOf(variantKey: string, { code, message, blockId }: Remark): Finding {
  return { code, severity: findingCodes[code], message, variantKey, blockId }
}
