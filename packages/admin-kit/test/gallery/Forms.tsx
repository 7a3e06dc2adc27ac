import { useState } from 'react'
import {
  Button,
  Card,
  ConflictDialog,
  Form,
  FormActions,
  NumberField,
  Problem,
  Section,
  TextField,
  useForm,
} from '../../src/index.ts'

interface Tree {
  name: string
  variants: { weight: number | null }[]
}

const stored: Tree = { name: 'Pear', variants: [{ weight: 1 }, { weight: 2 }] }

/** Stands in for a server: refuses a name and a weight, and reports a conflict. */
async function plant(tree: Tree) {
  if (tree.name === 'taken')
    return {
      problem: new Problem('CONFLICT', 'Somebody was faster.', [], {
        by: 'Ada',
        at: '2026-03-01T09:30:00Z',
        version: 2,
      }),
    }
  const issues = [
    ...(tree.name.includes(' ') ? [{ path: 'input.name', message: 'A name has no spaces.' }] : []),
    ...tree.variants.flatMap(({ weight }, index) =>
      weight !== null && weight > 100 ? [{ path: `input.variants.${index}.weight`, message: 'At most 100.' }] : [],
    ),
    ...(tree.name === 'elsewhere' ? [{ path: 'input.garden', message: 'The garden is full.' }] : []),
  ]
  return issues.length > 0 ? { problem: new Problem('INVALID_INPUT', 'Wrong.', issues) } : { data: tree }
}

export function Forms() {
  const form = useForm<Tree>({ start: stored, check: ({ name }) => ({ name: name === '' && 'A tree has a name.' }) })
  const [said, setSaid] = useState('')
  const [conflict, setConflict] = useState(false)
  return (
    <Section title="Forms">
      <Card title="Plant a tree">
        <Form
          form={form}
          label="Plant a tree"
          submit={plant}
          done={({ name }) => setSaid(`planted ${name}`)}
          onConflict={() => setConflict(true)}
        >
          <TextField label="Name of the tree" {...form.field('name')} required />
          <NumberField label="First weight" {...form.field('variants.0.weight')} />
          <NumberField label="Second weight" {...form.field('variants.1.weight')} />
          <FormActions submit="Plant" onCancel={() => form.reset()}>
            <output>{said}</output>
          </FormActions>
        </Form>
        <Button onPress={() => setConflict(true)}>Conflict</Button>
        <ConflictDialog<Tree>
          open={conflict}
          saved={{ by: 'Ada', at: '2026-03-01T09:30:00Z', version: 2 }}
          base={stored}
          mine={form.watch()}
          theirs={{ name: 'Apple', variants: [{ weight: 9 }, { weight: 2 }] }}
          fields={[
            { name: 'name', label: 'Name' },
            { name: 'variants', label: 'Variants' },
          ]}
          onResolve={(merged) => {
            setSaid(`merged ${JSON.stringify(merged)}`)
            setConflict(false)
          }}
          onClose={() => setConflict(false)}
        />
      </Card>
    </Section>
  )
}
