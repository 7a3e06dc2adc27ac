/** What is posted, and as what it is logged. */
export interface Message {
  readonly id: string
  readonly type: string
  /** JSON as it leaves: the same to every endpoint and on every attempt. */
  readonly body: string
  /** What it is about; null: it has no order. */
  readonly orderKey: string | null
  readonly notificationId: string | null
  readonly isTest: boolean
}

/** What a message says: type, timestamp and data, as Standard Webhooks recommend; its id and the workspace beside. */
export function bodyOf(message: {
  readonly id: string
  readonly type: string
  readonly at: Date
  readonly workspaceId: string
  readonly data: Readonly<Record<string, unknown>>
  readonly isTest?: boolean
}): string {
  const { id, type, at, workspaceId, data, isTest } = message
  return JSON.stringify({ id, type, timestamp: at.toISOString(), workspaceId, ...(isTest && { test: true }), data })
}

/** A notification as it was written down. */
export interface ToldNotification {
  readonly id: string
  readonly kind: string
  readonly key: string
  readonly severity: string
  readonly title: { readonly en: string; readonly fr: string }
  readonly body: { readonly en: string; readonly fr: string }
  readonly link?: string | undefined
  readonly data: Readonly<Record<string, unknown>>
}

/** A notification as receivers get it. */
export function notificationData(told: ToldNotification, workspaceId: string, publicUrl: string) {
  const { id, key, severity, title, body, link, data } = told
  return {
    id,
    workspaceId,
    key,
    severity,
    title,
    body,
    url: link === undefined ? null : `${publicUrl}/admin${link}`,
    details: data,
  }
}
