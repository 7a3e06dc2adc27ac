import {
  Button,
  Drawer,
  IconButton,
  invalidate,
  mutate,
  Note,
  NumberField,
  Row,
  Section,
  ShareBar,
  Stack,
  Switch,
  TextArea,
  TextField,
  useFormat,
  useMessages,
  useSharedEdit,
} from '@espalier/admin-kit'
import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { ConditionField } from '../../condition/ConditionField.tsx'
import { slugOf } from '../../slug.ts'
import { colorOf } from '../variantColor.ts'
import { ChangeRunningExperimentDocument } from './documents.ts'
import { consequenceOf, inputOf, type LiveChange, stillThere, unchanged } from './liveChange.ts'
import { messages } from './messages.ts'
import type { DeedDialog } from './useDeeds.tsx'

/** Changes one that runs. Says what follows from it before it is done. */
export function ChangeRunning({ experiment, busy, perform, onClose }: DeedDialog) {
  const { id, name, variants } = experiment
  const m = useMessages(messages)
  const { percent, number } = useFormat()
  const stored = unchanged(experiment)
  const [now, setNow] = useState<LiveChange>(stored)
  const nameOf = (key: string) => variants.find((variant) => variant.key === key)?.name ?? key
  const edit = useSharedEdit<LiveChange, unknown>({
    stored,
    version: experiment.version,
    isDirty: inputOf(stored, now) !== undefined,
    fields: [
      {
        name: 'weights',
        label: m.weights,
        show: (weights) =>
          Object.entries(weights as LiveChange['weights'])
            .map(([key, weight]) => `${nameOf(key)}: ${number(weight)}`)
            .join('\n'),
      },
      { name: 'coverage', label: m.coverage, show: (coverage) => percent(Number(coverage), 0) },
      { name: 'condition', label: m.targeting },
    ],
    save: async (values, expectedVersion, base) => {
      const input = inputOf(base, stillThere(values, base))
      if (!input) return {}
      return {
        problem: await perform(
          () => mutate(ChangeRunningExperimentDocument, { id, input, expectedVersion }),
          m.changed,
        ),
      }
    },
    show: setNow,
    // Nothing of it is left to change: theirs is the same.
    saved: onClose,
    again: () => invalidate('node'),
  })
  const before = edit.base
  const [message, setMessage] = useState<string>()
  const set = (change: Partial<LiveChange>) => setNow({ ...now, ...change })

  const live = variants.filter(({ key, retiredAt }) => !retiredAt && key in now.weights)
  const shares = [
    ...live
      .filter(({ key }) => !now.retire.includes(key))
      .map(({ key, name }) => ({ id: key, label: name, value: now.weights[key] ?? 0, color: colorOf(variants, key) })),
    ...now.add.map(({ key, name, weight }, index) => ({
      id: `new ${index}`,
      label: name || key || m.newName,
      value: weight,
    })),
  ]
  const input = inputOf(before.values, now)
  const consequence = consequenceOf(input)

  const apply = async () => {
    if (!input) return
    const { problem } = await edit.form.submit(now)
    if (problem?.saved) edit.form.onConflict(problem, now)
    else setMessage(problem && (problem.issues.map(({ message }) => message).join(' ') || problem.message))
  }
  return (
    <Drawer
      open
      stays
      onClose={onClose}
      title={`${m.change}: ${name}`}
      actions={
        <>
          <Button onPress={onClose}>{m.cancel}</Button>
          <Button variant="primary" busy={busy} disabled={!input} onPress={apply}>
            {m.apply2}
          </Button>
        </>
      }
    >
      <Stack gap={5}>
        <p className="e-muted">{m.changeLead}</p>
        <Section title={m.weights} level={3}>
          <ShareBar label={m.weights} parts={shares} formatValue={() => ''} />
          <Stack gap={3}>
            {live.map(({ key, name }, index) => (
              <Row key={key} align="end">
                <NumberField
                  label={m.weightOf(name)}
                  value={now.weights[key] ?? 0}
                  min={0}
                  disabled={now.retire.includes(key)}
                  onChange={(weight) => set({ weights: { ...now.weights, [key]: weight ?? 0 } })}
                />
                {index > 0 && (
                  <Switch
                    value={now.retire.includes(key)}
                    onChange={(isOut) =>
                      set({ retire: isOut ? [...now.retire, key] : now.retire.filter((other) => other !== key) })
                    }
                  >
                    {m.retire(name)}
                  </Switch>
                )}
              </Row>
            ))}
            {now.retire.length > 0 && <p className="e-small e-muted">{m.retireHint}</p>}
            {now.add.map((variant, index) => {
              const change = (next: Partial<typeof variant>) =>
                set({ add: now.add.map((other, at) => (at === index ? { ...other, ...next } : other)) })
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: its key is still being typed
                <Row key={index} align="end">
                  <TextField
                    label={m.newName}
                    value={variant.name}
                    onChange={(name) =>
                      change({ name, ...(variant.key === slugOf(variant.name) ? { key: slugOf(name) } : {}) })
                    }
                  />
                  <TextField label={m.newKey} code value={variant.key} onChange={(key) => change({ key })} />
                  <NumberField
                    label={m.newWeight}
                    min={0}
                    value={variant.weight}
                    onChange={(weight) => change({ weight: weight ?? 0 })}
                  />
                  <IconButton
                    label={m.drop}
                    icon={Trash2}
                    onPress={() => set({ add: now.add.filter((_, at) => at !== index) })}
                  />
                </Row>
              )
            })}
            <Row>
              <Button
                size="small"
                icon={Plus}
                onPress={() => set({ add: [...now.add, { key: '', name: '', weight: 1 }] })}
              >
                {m.add}
              </Button>
            </Row>
          </Stack>
        </Section>
        <Section title={m.targeting} level={3}>
          <NumberField
            label={m.coverage}
            hint={m.coverageHint}
            value={now.coverage}
            min={before.values.coverage}
            max={1}
            step={0.01}
            format={{ style: 'percent', maximumFractionDigits: 0 }}
            onChange={(coverage) => set({ coverage: coverage ?? before.values.coverage })}
          />
          <ConditionField label={m.targeting} value={now.condition} onChange={(condition) => set({ condition })} />
        </Section>
        <TextArea
          label={m.why}
          hint={m.whyHint}
          rows={2}
          maxLength={500}
          value={now.why}
          onChange={(why) => set({ why })}
        />
        <Note tone={consequence === 'newQuestion' ? 'warning' : 'info'} title={m.consequences}>
          {m[consequence]}
        </Note>
        {message && (
          <Note tone="critical" announced>
            {message}
          </Note>
        )}
      </Stack>
      {edit.conflict}
    </Drawer>
  )
}
