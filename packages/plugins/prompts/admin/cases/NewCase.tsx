import { Dialog, Form, FormActions, TextArea, toast, useForm, useMessages, useMutation } from '@espalier/admin-kit'
import type { FoundPrompt } from '../prompt/Prompt.tsx'
import { tryMessages } from '../prompt/tryMessages.ts'
import { readValues, writtenValue } from '../prompt/variableValues.ts'
import { AddCaseDocument } from './documents.ts'
import { ExpectationForm } from './ExpectationForm.tsx'
import { type ExpectationFields, expectationOf, expectsNothing, noExpectation } from './expectation.ts'
import { messages } from './messages.ts'

interface Draft {
  written: Record<string, string>
  expectation: ExpectationFields
  kind: 'teaches' | 'heldBack'
}

/** Writes a case by hand. */
export function NewCase({
  prompt,
  language,
  onClose,
  changed,
}: {
  prompt: FoundPrompt
  language: 'EN' | 'FR'
  onClose: () => void
  changed: () => void
}) {
  const m = useMessages(messages)
  const words = useMessages(tryMessages)
  const [add] = useMutation(AddCaseDocument)
  const form = useForm<Draft>({
    start: {
      written: Object.fromEntries(prompt.variables.map((variable) => [variable.name, writtenValue(variable)])),
      expectation: noExpectation,
      kind: 'teaches',
    },
    check: ({ written, expectation }) => ({
      ...Object.fromEntries(
        Object.entries(readValues(prompt.variables, written).wrong).map(([name, fault]) => [
          `written.${name}`,
          words[fault],
        ]),
      ),
      'expectation.contains': expectsNothing(expectation) && m.expectNothing,
    }),
  })
  return (
    <Dialog open onClose={onClose} title={m.add} size="large" stays>
      <Form
        form={form}
        guarded={false}
        submit={({ written, expectation, kind }) =>
          add({
            promptId: prompt.id,
            input: {
              language,
              variables: readValues(prompt.variables, written).values,
              expectation: expectationOf(expectation),
              heldBack: kind === 'heldBack',
            },
          })
        }
        done={() => {
          toast(m.added, { tone: 'positive' })
          changed()
          onClose()
        }}
      >
        {prompt.variables.map(({ name, type, description, required }) => (
          <TextArea
            key={name}
            label={name}
            hint={[description, type === 'TEXT' ? '' : words.jsonHint].filter(Boolean).join('. ')}
            code={type !== 'TEXT'}
            rows={2}
            optional={!required}
            {...form.field(`written.${name}`)}
          />
        ))}
        <ExpectationForm
          fields={{
            contains: form.field('expectation.contains'),
            excludes: form.field('expectation.excludes'),
            minWords: form.field('expectation.minWords'),
            maxWords: form.field('expectation.maxWords'),
            judge: form.field('expectation.judge'),
          }}
          kind={form.field('kind')}
        />
        <FormActions onCancel={onClose} />
      </Form>
    </Dialog>
  )
}
