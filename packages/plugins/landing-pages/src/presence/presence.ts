import { type Clock, defineTopic, type Live } from '@espalier/core'

/** Somebody who has a page open in the editor. */
export interface PageEditor {
  /** Of this one tab. */
  readonly sessionId: string
  readonly name: string
  /** Key of the variant that they look at. */
  readonly variantKey: string | null
}

/** Said by every open editor to all the others; nothing of it is stored. */
export interface Said {
  readonly editor: PageEditor
  /** `hello`: who else is here? `here`: I am, still. `bye`: no longer. */
  readonly word: 'hello' | 'here' | 'bye'
}

export const presenceSaid = defineTopic<Said>({ name: 'landing-pages.presence' })

/** How often an editor says that it is still there. Milliseconds. */
export const sayEveryMs = 10_000
/** Who has said nothing for this long is gone: a process died, a laptop was closed. Milliseconds. */
const goneAfterMs = 2.5 * sayEveryMs

export interface PresenceParts {
  readonly live: Live
  readonly clock: Clock
  readonly workspaceId: string
  readonly pageId: string
  readonly me: PageEditor
  /** Ends it, and says goodbye. */
  readonly signal?: AbortSignal | undefined
  /** Calls back until it is told to stop. Replaced by tests. */
  readonly every?: (ms: number, work: () => void) => () => void
}

/**
 * Who has a page open beside me: at once, and again whenever somebody comes, goes or turns to another variant. Each editor says so
 * itself, over the live topics, so that it holds over several processes and leaves nothing behind.
 */
export async function* whoIsHere(parts: PresenceParts): AsyncGenerator<readonly PageEditor[]> {
  const { live, clock, workspaceId, pageId, me, signal, every = everyInterval } = parts
  const say = (word: Said['word']) => live.publish(workspaceId, presenceSaid, pageId, { editor: me, word })
  const heard = live.subscribe(workspaceId, presenceSaid, pageId, signal)
  const seen = new Map<string, { editor: PageEditor; at: number }>()
  await heard.ready
  yield []
  say('hello')
  const stop = every(sayEveryMs, () => say('here'))
  let told = ''
  try {
    for await (const { message } of heard) {
      const now = clock.now().getTime()
      const { editor, word } = message
      if (editor.sessionId !== me.sessionId) {
        if (word === 'bye') seen.delete(editor.sessionId)
        else seen.set(editor.sessionId, { editor, at: now })
        if (word === 'hello') say('here')
      }
      // My own voice comes back too: often enough to notice who has fallen silent.
      for (const [id, { at }] of seen) if (now - at > goneAfterMs) seen.delete(id)
      const here = [...seen.values()].map(({ editor }) => editor)
      const summary = JSON.stringify(here)
      if (summary === told) continue
      told = summary
      yield here
    }
  } finally {
    stop()
    say('bye')
  }
}

function everyInterval(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms)
  return () => clearInterval(timer)
}
