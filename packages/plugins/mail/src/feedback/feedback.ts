import type { SqlContext } from '@espalier/core'
import type { MailSettings } from '../settings.ts'
import type { Suppressions } from '../suppressions.ts'
import { Hits } from '../tracking/hits.ts'
import type { LinkTokens } from '../tracking/linkTokens.ts'
import type { UnsubscribeTokens } from '../unsubscribe/unsubscribeTokens.ts'
import { Unsubscribing } from '../unsubscribe/unsubscribing.ts'
import type { Certificates } from './certificates.ts'
import { SendingHolds } from './sendingHolds.ts'
import { Webhooks } from './webhooks.ts'

export interface FeedbackOptions {
  readonly settings: (context: SqlContext) => Promise<MailSettings>
  readonly workspace: (workspaceId: string) => SqlContext
  readonly suppressions: Suppressions
  readonly linkTokens: LinkTokens
  readonly unsubscribeTokens: UnsubscribeTokens
  readonly certificates: Certificates
  /** How a subscription to SNS is confirmed. Default: Node's. */
  readonly fetch?: typeof fetch
}

/** What comes back of the mail that has left: from SNS, from links and pixels, from whoever wants no more of it. */
export class Feedback {
  readonly suppressions: Suppressions
  readonly webhooks: Webhooks
  readonly holds = new SendingHolds()
  readonly tokens: LinkTokens
  readonly hits: Hits
  readonly unsubscribing: Unsubscribing

  constructor(options: FeedbackOptions) {
    const { settings, workspace, suppressions, linkTokens, unsubscribeTokens } = options
    this.suppressions = suppressions
    this.tokens = linkTokens
    this.hits = new Hits({ workspace, mode: async (context) => (await settings(context)).tracking })
    this.webhooks = new Webhooks({ ...options, hits: this.hits })
    this.unsubscribing = new Unsubscribing(unsubscribeTokens, suppressions)
  }

  /** Writes what is still in memory. */
  close(): Promise<void> {
    return this.hits.flush()
  }
}
