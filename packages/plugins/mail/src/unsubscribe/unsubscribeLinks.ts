import { LRUCache } from 'lru-cache'
import type { AddressKeys } from '../addressKeys.ts'
import type { UnsubscribeTokens } from './unsubscribeTokens.ts'

export interface UnsubscribableMessage {
  readonly workspaceId: string
  readonly id: string
  readonly toAddress: string
  readonly topic: string | null
}

/** Links that are kept: a mail has its own in the text, and in a header when it leaves. */
const maxKept = 2_000

/** How the receiver of a message gets rid of more of its kind. */
export class UnsubscribeLinks {
  readonly #tokens: UnsubscribeTokens
  readonly #keys: AddressKeys
  readonly #publicUrl: string
  readonly #known = new LRUCache<string, string, UnsubscribableMessage>({
    max: maxKept,
    memoMethod: (_key, _stale, { context }) => this.#signed(context),
  })

  /** @param publicUrl without a trailing slash */
  constructor(tokens: UnsubscribeTokens, keys: AddressKeys, publicUrl: string) {
    this.#tokens = tokens
    this.#keys = keys
    this.#publicUrl = publicUrl
  }

  /** The address for the mail's own text. Never expires, tells nobody who it was for. */
  unsubscribeLink(message: UnsubscribableMessage): string {
    const { workspaceId, id, toAddress, topic } = message
    return this.#known.memo(JSON.stringify([workspaceId, id, toAddress, topic]), { context: message })
  }

  #signed({ workspaceId, id, toAddress, topic }: UnsubscribableMessage): string {
    const addressHash = this.#keys.of(toAddress)
    // Messages have addresses that were read: anything else would unsubscribe somebody else.
    if (!addressHash) throw new Error('A message without an address has no unsubscribe link.')
    const token = this.#tokens.sign({ workspaceId, messageId: id, addressHash, topic: topic ?? '' })
    return `${this.#publicUrl}/u/${token}`
  }

  /** RFC 2369 and RFC 8058: both must be covered by DKIM's signature. They want https: mail providers call no other. */
  unsubscribeHeaders(message: UnsubscribableMessage): { 'List-Unsubscribe': string; 'List-Unsubscribe-Post': string } {
    return {
      'List-Unsubscribe': `<${this.unsubscribeLink(message)}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    }
  }
}
