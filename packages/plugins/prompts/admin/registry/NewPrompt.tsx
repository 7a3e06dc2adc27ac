import {
  Button,
  Card,
  Form,
  FormActions,
  Link,
  PageFrame,
  RadioGroup,
  Stack,
  TextArea,
  TextField,
  toast,
  useForm,
  useGoTo,
  useMessages,
  useMutation,
} from '@espalier/admin-kit'
import { Plus } from 'lucide-react'
import { messages as shared } from '../messages.ts'
import { promptPage, promptsPage } from '../pages.ts'
import { CreatePromptDocument } from './documents.ts'
import { type Draft, type DraftVariable, emptyVariable, variableInput, wrongExample } from './draft.ts'
import { messages } from './messages.ts'
import { VariableFields } from './VariableFields.tsx'

/** A prompt with its first version. */
export default function NewPrompt() {
  const m = useMessages(messages)
  const words = useMessages(shared)
  const goTo = useGoTo()
  const [create] = useMutation(CreatePromptDocument, { invalidates: ['prompts'] })
  const form = useForm<Draft>({
    start: { name: '', description: '', variables: [], variant: { language: 'EN', system: '', template: '' } },
    check: ({ name, variables, variant }) => ({
      name: name.trim() === '' && m.needName,
      'variant.template': variant.template.trim() === '' && m.needTemplate,
      ...Object.fromEntries(
        variables.map((variable, index) => [
          `variables.${index}.example`,
          wrongExample(variable) ? m.wrongExample : undefined,
        ]),
      ),
    }),
  })
  const variables = form.watch('variables')
  const setVariables = (next: DraftVariable[]) => form.setValue('variables', next, { shouldDirty: true })
  return (
    <PageFrame title={m.new} lead={m.newLead} breadcrumbs={<Link to={promptsPage}>{words.prompts}</Link>}>
      <Form
        form={form}
        submit={({ variables, ...rest }) => create({ input: { ...rest, variables: variables.map(variableInput) } })}
        done={(_data, { name }) => {
          toast(m.created(name), { tone: 'positive' })
          goTo(promptPage, { params: { name } })
        }}
      >
        <Card>
          <TextField label={m.name} hint={m.nameHint} code required {...form.field('name')} />
          <TextField label={m.description} hint={m.descriptionHint} optional {...form.field('description')} />
        </Card>
        <Card title={m.variables} lead={m.variablesHint}>
          <Stack gap={3}>
            {variables.map(({ name }, index) => (
              <VariableFields
                // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place until it is saved
                key={index}
                form={form}
                at={index}
                removeLabel={m.removeVariable(name)}
                onRemove={() => setVariables(variables.toSpliced(index, 1))}
              />
            ))}
            <Button icon={Plus} size="small" onPress={() => setVariables([...variables, emptyVariable])}>
              {m.addVariable}
            </Button>
          </Stack>
        </Card>
        <Card title={m.wording}>
          <RadioGroup
            label={m.language}
            options={(['EN', 'FR'] as const).map((id) => ({ id, label: words.languages[id] }))}
            {...form.field('variant.language')}
          />
          <TextArea label={m.system} hint={m.systemHint} code rows={4} optional {...form.field('variant.system')} />
          <TextArea
            label={m.template}
            hint={m.templateHint}
            code
            rows={8}
            required
            {...form.field('variant.template')}
          />
        </Card>
        <FormActions submit={m.create} onCancel={() => goTo(promptsPage)} />
      </Form>
    </PageFrame>
  )
}
