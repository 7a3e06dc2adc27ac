import { may, type Principal } from './principal.ts'

/** A field of a resource that the audit trail shows as the resource itself does: whole to who has a permission alone. */
export interface AuditMask {
  /** As the trail names it: "WebhookEndpoint". */
  readonly resourceType: string
  readonly field: string
  /** Who has it sees the value as it was kept. */
  readonly permission: `${string}:${string}`
  /** What everybody else sees instead. @param value as some version once kept it; `null` and what is missing stay as they are */
  readonly shown: (value: unknown) => unknown
}

/** What the trail kept of a resource, as its readers may see it. Nothing is taken from the trail: entries of any age are covered. */
export class AuditMasks {
  readonly #masks: readonly AuditMask[]

  /** @param masks of all plugins that are installed, switched off or not: their entries stay */
  constructor(masks: readonly AuditMask[]) {
    this.#masks = masks
  }

  /** `before` or `after` of an entry, for a reader. */
  seenBy(principal: Principal | undefined, resourceType: string | null, kept: unknown): unknown {
    const hiding = this.#masks.filter((mask) => mask.resourceType === resourceType && !may(principal, mask.permission))
    if (hiding.length === 0 || typeof kept !== 'object' || kept === null || Array.isArray(kept)) return kept
    const fields = new Map(hiding.map((mask) => [mask.field, mask]))
    return Object.fromEntries(
      Object.entries(kept).map(([name, value]) => [name, value === null ? null : shown(fields.get(name), value)]),
    )
  }
}

function shown(mask: AuditMask | undefined, value: unknown): unknown {
  return mask ? mask.shown(value) : value
}
