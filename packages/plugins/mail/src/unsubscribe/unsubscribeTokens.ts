import { parse, stringify } from 'uuid'
import { SignedBytes } from '../signedBytes.ts'

/** What an unsubscribe link says. No address: it must not stand in logs and histories. */
export interface Unsubscription {
  readonly workspaceId: string
  readonly messageId: string
  /** As `AddressKeys` makes it. 32 bytes. */
  readonly addressHash: Buffer
  /** "" where the message has no topic. */
  readonly topic: string
}

const version = 1

/** Tokens of unsubscribe links. They never expire: a mail may be answered years later. */
export class UnsubscribeTokens {
  readonly #signed: SignedBytes

  constructor(secret: Buffer) {
    this.#signed = new SignedBytes(secret)
  }

  /** A byte of version, 16 of the workspace, 16 of the message, 32 of the hash, then the topic. */
  sign({ workspaceId, messageId, addressHash, topic }: Unsubscription): string {
    const head = [Buffer.from([version]), parse(workspaceId), parse(messageId), addressHash]
    return this.#signed.sign(Buffer.concat([...head, Buffer.from(topic)]))
  }

  /** @returns undefined for what this installation has not signed */
  read(token: string): Unsubscription | undefined {
    const bytes = this.#signed.read(token)
    if (bytes?.[0] !== version) return undefined
    return {
      workspaceId: stringify(bytes.subarray(1, 17)),
      messageId: stringify(bytes.subarray(17, 33)),
      addressHash: Buffer.from(bytes.subarray(33, 65)),
      topic: bytes.subarray(65).toString(),
    }
  }
}
