import { Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import {
  Button,
  Dialog,
  Drawer,
  IconButton,
  Kbd,
  MenuButton,
  Row,
  Section,
  SegmentedControl,
  Tabs,
  toast,
  useConfirm,
} from '../../src/index.ts'

export function Buttons() {
  const [view, setView] = useState<'days' | 'weeks'>('days')
  const [tab, setTab] = useState<'one' | 'two'>('one')
  const [open, setOpen] = useState<'dialog' | 'drawer'>()
  const [said, setSaid] = useState('')
  const confirm = useConfirm()
  return (
    <Section title="Buttons">
      <Row>
        {(['primary', 'secondary', 'quiet', 'danger'] as const).map((variant) => (
          <Button key={variant} variant={variant}>
            {variant}
          </Button>
        ))}
        <Button icon={Plus} variant="primary">
          With an icon
        </Button>
        <Button size="small">Small</Button>
        <Button busy>Busy</Button>
        <Button disabled>Disabled</Button>
        <IconButton label="Edit" icon={Pencil} />
        <MenuButton
          label="Menu"
          entries={[
            { id: 'edit', label: 'Edit', icon: Pencil, keys: 'e', run: () => setSaid('edited') },
            { id: 'detail', label: 'With a second line', detail: 'that says more' },
            { id: 'delete', label: 'Delete', icon: Trash2, danger: true, run: () => setSaid('deleted') },
          ]}
        />
        <MenuButton
          groups={[
            { id: 'a', title: 'First', entries: [{ id: '1', label: 'One' }] },
            { id: 'b', entries: [{ id: '2', label: 'Two' }] },
          ]}
        />
        <Kbd keys="Mod+Enter" />
      </Row>
      <Row>
        <Button onPress={() => toast('Three entries deleted', { undo: () => setSaid('undone') })}>
          Toast with undo
        </Button>
        <Button onPress={() => toast('It failed', { tone: 'critical' })}>Toast that stays</Button>
        <Button
          onPress={() =>
            confirm({ title: 'Delete it?', text: 'It cannot be undone.', confirm: 'Delete', danger: true }).then(
              (yes) => setSaid(yes ? 'confirmed' : 'declined'),
            )
          }
        >
          Ask
        </Button>
        <Button onPress={() => setOpen('dialog')}>Dialog</Button>
        <Button onPress={() => setOpen('drawer')}>Drawer</Button>
        <output>{said}</output>
      </Row>
      <Dialog
        open={open === 'dialog'}
        onClose={() => setOpen(undefined)}
        title="A dialog"
        actions={
          <Button variant="primary" onPress={() => setOpen(undefined)}>
            Done
          </Button>
        }
      >
        <p>With words.</p>
      </Dialog>
      <Drawer open={open === 'drawer'} onClose={() => setOpen(undefined)} title="A drawer">
        <p>At the side.</p>
      </Drawer>
      <SegmentedControl
        label="Unit"
        options={[
          { id: 'days', label: 'Days' },
          { id: 'weeks', label: 'Weeks' },
        ]}
        value={view}
        onChange={setView}
      />
      <Tabs
        label="Parts"
        tabs={[
          { id: 'one', label: 'One', content: <p>First part</p> },
          { id: 'two', label: 'Two', content: <p>Second part</p> },
        ]}
        value={tab}
        onChange={setTab}
      />
    </Section>
  )
}
