import { Button, Dialog, Form, FormActions, toast, useForm, useMessages, useMutation } from '@espalier/admin-kit'
import { ListChecks } from 'lucide-react'
import { useState } from 'react'
import { AddCaseFromExecutionDocument } from '../cases/documents.ts'
import { ExpectationForm } from '../cases/ExpectationForm.tsx'
import { type ExpectationFields, expectationOf, expectsNothing, noExpectation } from '../cases/expectation.ts'
import { messages as caseMessages } from '../cases/messages.ts'
import type { FoundExecution } from './Execution.tsx'
import { messages } from './messages.ts'

/** Keeps what an execution was given as a case. */
export function ToCase({ execution }: { execution: FoundExecution }) {
  const m = useMessages(messages)
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button icon={ListChecks} onPress={() => setOpen(true)}>
        {m.toCase}
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={m.toCase} size="large" stays>
        <CaseForm executionId={execution.id} onClose={() => setOpen(false)} />
      </Dialog>
    </>
  )
}

function CaseForm({ executionId, onClose }: { executionId: string; onClose: () => void }) {
  const m = useMessages(messages)
  const words = useMessages(caseMessages)
  const [add] = useMutation(AddCaseFromExecutionDocument, { invalidates: ['prompt'] })
  const form = useForm<{ expectation: ExpectationFields; kind: 'teaches' | 'heldBack' }>({
    start: { expectation: noExpectation, kind: 'teaches' },
    check: ({ expectation }) => ({ 'expectation.contains': expectsNothing(expectation) && words.expectNothing }),
  })
  return (
    <Form
      form={form}
      guarded={false}
      submit={({ expectation, kind }) =>
        add({ executionId, expectation: expectationOf(expectation), heldBack: kind === 'heldBack' })
      }
      done={() => {
        toast(words.added, { tone: 'positive' })
        onClose()
      }}
    >
      <p className="e-muted">{m.toCaseLead}</p>
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
  )
}
