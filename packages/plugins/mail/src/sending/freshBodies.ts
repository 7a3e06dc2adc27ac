import { LRUCache } from 'lru-cache'

/** What a message says, in its two forms. */
export interface MailBody {
  readonly html: string
  readonly text: string
}

/** A message that has just been written down. */
interface FreshMail extends MailBody {
  readonly id: string
  readonly toAddress: string
}

/** Bytes of the bodies that a process keeps, in all. */
const maxBytes = 32 * 1024 * 1024

/** Mail waits longer where there is more of it than its rate takes, or where another process sends it. */
const keptMs = 30_000

/**
 * What the messages say that this process has just written down. It is often the one that sends them, a moment later: to have
 * PostgreSQL unpack HTML and send it back is a tenth of what a message takes. The row is what counts, also of a message that is here.
 */
export class FreshBodies {
  readonly #kept = new LRUCache<string, FreshMail>({
    maxSize: maxBytes,
    ttl: keptMs,
    sizeCalculation: sizeOf,
  })
  #purging: NodeJS.Timeout | undefined

  /**
   * Where there is no room, what is here stays: what was written first is sent first.
   *
   * @param workspaceId of the message, which may not be committed yet
   */
  keep(workspaceId: string, mail: FreshMail): void {
    if (this.#kept.calculatedSize + sizeOf(mail) > maxBytes) return
    this.#kept.set(`${workspaceId} ${mail.id}`, mail)
    this.#purgeLater()
  }

  /**
   * Gives it away: it is asked for once.
   *
   * @param toAddress as it stands in the row, which is locked. One that was erased has none any more
   */
  take(workspaceId: string, { id, toAddress }: Pick<FreshMail, 'id' | 'toAddress'>): MailBody | undefined {
    const key = `${workspaceId} ${id}`
    const mail = this.#kept.get(key)
    if (!mail) return undefined
    this.#kept.delete(key)
    return mail.toAddress === toAddress ? mail : undefined
  }

  #purgeLater(): void {
    this.#purging ??= setTimeout(() => {
      this.#purging = undefined
      this.#kept.purgeStale()
      if (this.#kept.size > 0) this.#purgeLater()
    }, keptMs).unref()
  }
}

/** In bytes: a character takes two as soon as one of them is beyond Latin-1, and there is what is around the text. */
function sizeOf({ html, text }: MailBody): number {
  return 2 * (html.length + text.length) + 1_000
}
