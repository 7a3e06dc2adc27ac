import { ArrowDown, ArrowUp, Columns3 } from 'lucide-react'
import { Dialog, DialogTrigger, Popover } from 'react-aria-components'
import { Button, IconButton } from '../components/Button.tsx'
import { useMessages } from '../language/messages.ts'
import type { ListRow } from './listDefinition.ts'
import { listMessages } from './messages.ts'
import type { Columns } from './useColumns.ts'

/** Which columns are shown, and in which order. */
export function ColumnsMenu<Row extends ListRow>({ columns }: { columns: Columns<Row> }) {
  const m = useMessages(listMessages)
  const [, ...movable] = columns.all
  return (
    <DialogTrigger>
      <IconButton label={m.columns} icon={Columns3} size="small" />
      <Popover className="e-popover e-list-popover" offset={4} placement="bottom end">
        <Dialog aria-label={m.columns}>
          <p className="e-list-popover-title">{m.columns}</p>
          <ul className="e-list-columns">
            {movable.map(({ id, label }, place) => (
              <li key={id}>
                <label className="e-list-option">
                  <input
                    type="checkbox"
                    checked={columns.isShown(id)}
                    onChange={(event) => columns.show(id, event.target.checked)}
                  />
                  {label}
                </label>
                <IconButton
                  label={m.moveUp(label)}
                  icon={ArrowUp}
                  size="small"
                  disabled={place === 0}
                  onPress={() => columns.move(id, -1)}
                />
                <IconButton
                  label={m.moveDown(label)}
                  icon={ArrowDown}
                  size="small"
                  disabled={place === movable.length - 1}
                  onPress={() => columns.move(id, 1)}
                />
              </li>
            ))}
          </ul>
          <Button variant="quiet" size="small" disabled={!columns.choice} onPress={() => columns.take(undefined)}>
            {m.resetColumns}
          </Button>
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}
