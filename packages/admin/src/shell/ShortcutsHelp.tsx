import { Dialog, Kbd, useContributions, useMessages, useViewer, useWords } from '@espalier/admin-kit'
import { Fragment } from 'react'
import { messages } from './messages.ts'

/** All shortcuts that work for whoever is signed in. */
export default function ShortcutsHelp({ onClose }: { onClose: () => void }) {
  const m = useMessages(messages)
  const words = useWords()
  const { may } = useViewer()
  const { navigation, commands } = useContributions()
  const shortcuts = [
    { keys: 'Mod+K', label: m.shortcutsHelp.palette },
    { keys: '?', label: m.shortcutsHelp.help },
    { keys: '/', label: m.shortcutsHelp.list },
    ...navigation
      .filter(({ keys, page }) => keys !== undefined && may(page.permission))
      .map(({ keys = '', label }) => ({ keys, label: m.palette.goTo(words(label)) })),
    ...commands
      .filter(({ keys, permission }) => keys !== undefined && may(permission))
      .map(({ keys = '', label }) => ({ keys, label: words(label) })),
  ]
  return (
    <Dialog title={m.shortcuts} open onClose={onClose}>
      <p>{m.shortcutsHelp.lead}</p>
      <dl className="shortcuts">
        {shortcuts.map(({ keys, label }) => (
          <Fragment key={keys}>
            <dt>{label}</dt>
            <dd>
              <Kbd keys={keys} />
            </dd>
          </Fragment>
        ))}
      </dl>
    </Dialog>
  )
}
