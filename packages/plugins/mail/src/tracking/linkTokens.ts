import { parse, stringify } from 'uuid'
import { SignedBytes } from '../signedBytes.ts'

/** What a link or a pixel of a mail says when it comes back. */
export interface Tracked {
  readonly workspaceId: string
  readonly kind: 'open' | 'click'
  /** Null where the workspace counts without telling who it was. */
  readonly messageId: string | null
  /** Name of the template where the message is not told, else "". */
  readonly template: string
  /** Place of the link in the mail, from 0. 0 for a pixel. */
  readonly index: number
  /** Where a link leads; "" for a pixel. */
  readonly target: string
}

/** The link that no person sees: whoever follows it follows all. */
export const honeypotIndex = 0xffff

/** Longer ones are not followed: with the token they would be longer than some mail programs take. Characters. */
export const maxTargetLength = 1_800

const version = 1
const isClick = 2
const isAnonymous = 4

/**
 * Tokens of links and pixels. The target stands in the token, signed, so that a click never waits for the database and works
 * when it is away or the message has been erased; and as nobody else can sign, it leads nowhere that was not in a mail.
 *
 * One byte for version and kind, 16 for the workspace, 2 for the index, 16 for the message or one for the length of the template's
 * name and that name, then the target.
 */
export class LinkTokens {
  readonly #signed: SignedBytes

  constructor(secret: Buffer) {
    this.#signed = new SignedBytes(secret)
  }

  sign({ workspaceId, kind, messageId, template, index, target }: Tracked): string {
    const head = Buffer.alloc(3)
    head[0] = (version << 4) | (kind === 'click' ? isClick : 0) | (messageId === null ? isAnonymous : 0)
    head.writeUInt16BE(index, 1)
    const name = Buffer.from(template)
    const about = messageId === null ? Buffer.concat([Buffer.from([name.length]), name]) : parse(messageId)
    return this.#signed.sign(Buffer.concat([head, parse(workspaceId), about, Buffer.from(target)]))
  }

  /** @returns undefined for what this installation has not signed */
  read(token: string): Tracked | undefined {
    const bytes = this.#signed.read(token)
    const flags = bytes?.[0]
    if (!bytes || flags === undefined || flags >> 4 !== version) return undefined
    const anonymous = (flags & isAnonymous) !== 0
    const about = bytes.subarray(19)
    const aboutEnd = anonymous ? 1 + (about[0] ?? 0) : 16
    return {
      workspaceId: stringify(bytes.subarray(3, 19)),
      kind: (flags & isClick) !== 0 ? 'click' : 'open',
      messageId: anonymous ? null : stringify(about.subarray(0, 16)),
      template: anonymous ? about.subarray(1, aboutEnd).toString() : '',
      index: bytes.readUInt16BE(1),
      target: about.subarray(aboutEnd).toString(),
    }
  }
}
