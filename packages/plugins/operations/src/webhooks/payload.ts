/** A delivery with all that an attempt at it needs. */
export interface Delivery {
  readonly id: string
  readonly endpointId: string
  readonly attempts: number
  readonly createdAt: Date
  readonly url: string
  readonly active: boolean
  readonly previousSecretUntil: Date | null
  /** Null: a test. */
  readonly notification: StoredNotification | null
}

/** A row of "Notification" as JSON. */
interface StoredNotification {
  readonly id: string
  readonly kind: string
  readonly key: string
  readonly severity: string
  readonly titleEn: string
  readonly titleFr: string
  readonly bodyEn: string
  readonly bodyFr: string
  readonly link: string | null
  readonly data: Readonly<Record<string, unknown>>
  readonly createdAt: string
}

/** What is posted: type, timestamp and data, as Standard Webhooks recommend. The same on every attempt. */
export function bodyOf({ notification, createdAt }: Delivery, workspaceId: string, publicUrl: string): string {
  if (notification === null)
    return JSON.stringify({ type: 'test', timestamp: createdAt.toISOString(), data: { workspaceId } })
  const { id, kind, key, severity, titleEn, titleFr, bodyEn, bodyFr, link, data } = notification
  return JSON.stringify({
    type: `notification.${kind}`,
    timestamp: new Date(notification.createdAt).toISOString(),
    data: {
      id,
      workspaceId,
      key,
      severity,
      title: { en: titleEn, fr: titleFr },
      body: { en: bodyEn, fr: bodyFr },
      url: link === null ? null : `${publicUrl}/admin${link}`,
      details: data,
    },
  })
}
