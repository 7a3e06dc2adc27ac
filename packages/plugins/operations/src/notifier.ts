import type { SqlContext } from '@espalier/core'

export type Severity = 'info' | 'success' | 'warning' | 'critical'

/** What other plugins ask of the operations plugin. */
export interface Notifier {
  /** Call it in your plugin's `setup`. @throws StartError for one that is there */
  addKind(kind: NotificationKind): void
  /** Tells the people of the workspace, each as they want to be told; with the transaction that is open, or not at all. The same key is one notification. */
  notify(context: SqlContext, notification: NewNotification): Promise<void>
}

export interface NotificationKind {
  /** "newVariant" */
  readonly name: string
  readonly description: { readonly en: string; readonly fr: string }
  /** How people get it who have said nothing. */
  readonly mail: 'never' | 'atOnce' | 'digest'
}

export interface NewNotification {
  readonly kind: string
  /** What it is about, so that it is told once: "verdict/<experiment>/<phase>". */
  readonly key: string
  readonly severity: Severity
  readonly title: { readonly en: string; readonly fr: string }
  readonly body?: { readonly en: string; readonly fr: string }
  /** Path in the admin app, such as "/pages/…". */
  readonly link?: string
  readonly data?: Readonly<Record<string, unknown>>
}
