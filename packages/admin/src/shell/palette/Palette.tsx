import { useContributions, useGoTo, useGoToTarget, useMessages, useViewer, useWords } from '@espalier/admin-kit'
import { CornerDownLeft, type LucideIcon, Search } from 'lucide-react'
import { useMemo, useState } from 'react'
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from 'react-aria-components'
import { messages } from '../messages.ts'
import './palette.css'
import { useFound } from './useFound.ts'

interface Entry {
  readonly id: string
  readonly label: string
  readonly detail: string | undefined
  readonly icon: LucideIcon | undefined
  readonly keys: string | undefined
  readonly run: () => void
}

/** Pages, actions and objects by their names, from anywhere. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const m = useMessages(messages)
  const [text, setText] = useState('')
  const { found, searching } = useFound(text)
  const { pages, actions } = useEntries()
  const { contains } = useFilter({ sensitivity: 'base', ignorePunctuation: true })
  const matching = (entries: readonly Entry[]) => entries.filter(({ label }) => contains(label, text.trim()))
  const goToTarget = useGoToTarget()
  const groups = [
    { id: 'pages', title: m.palette.pages, entries: matching(pages) },
    { id: 'actions', title: m.palette.actions, entries: matching(actions) },
    {
      id: 'found',
      title: m.palette.found,
      entries: found.map(
        ({ id, label, type, detail, target }): Entry => ({
          id,
          label,
          detail: detail === undefined ? type : `${type} · ${detail}`,
          icon: undefined,
          keys: undefined,
          run: () => goToTarget(target),
        }),
      ),
    },
  ].filter(({ entries }) => entries.length > 0)
  const run = (key: string | number) => {
    onClose()
    groups
      .flatMap(({ entries }) => entries)
      .find(({ id }) => id === key)
      ?.run()
  }
  return (
    <ModalOverlay className="palette-scrim" isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
      <Modal className="palette">
        <Dialog aria-label={m.palette.title}>
          <Autocomplete inputValue={text} onInputChange={setText}>
            <SearchField
              className="palette-field"
              aria-label={m.palette.title}
              autoFocus
              // Escape would empty the field first: whoever presses it wants to be back where they were.
              onKeyDown={(event) => {
                if (event.key === 'Escape') onClose()
                else event.continuePropagation()
              }}
            >
              <Search aria-hidden size={16} />
              <Input placeholder={m.palette.placeholder} />
            </SearchField>
            <Menu
              className="palette-list"
              aria-label={m.palette.title}
              onAction={run}
              renderEmptyState={() => (
                <p className="palette-empty">{searching ? m.palette.searching : m.palette.nothing(text)}</p>
              )}
            >
              {groups.map(({ id, title, entries }) => (
                <MenuSection key={id} id={id}>
                  <Header>{title}</Header>
                  {entries.map((entry) => (
                    <PaletteItem key={entry.id} entry={entry} />
                  ))}
                </MenuSection>
              ))}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function PaletteItem({ entry: { id, label, detail, icon: Icon = CornerDownLeft, keys } }: { entry: Entry }) {
  return (
    <MenuItem id={id} textValue={label} className="palette-item">
      <Icon aria-hidden size={16} />
      <span>{label}</span>
      {detail && <span className="palette-detail">{detail}</span>}
      {keys && <kbd>{keys}</kbd>}
    </MenuItem>
  )
}

/** What can be gone to and done by whoever is signed in. */
function useEntries(): { pages: Entry[]; actions: Entry[] } {
  const { navigation, commands } = useContributions()
  const { may } = useViewer()
  const words = useWords()
  const goTo = useGoTo()
  return useMemo(
    () => ({
      pages: navigation
        .filter(({ page }) => may(page.permission))
        .map(({ page, label, icon, keys }) => ({
          id: `page:${page.path}`,
          label: words(label),
          detail: undefined,
          icon,
          keys,
          run: () => goTo(page),
        })),
      actions: commands
        .filter(({ permission }) => may(permission))
        .map(({ id, label, icon, keys, run }) => ({
          id: `command:${id}`,
          label: words(label),
          detail: undefined,
          icon,
          keys,
          run: () => run({ goTo }),
        })),
    }),
    [navigation, commands, may, words, goTo],
  )
}
