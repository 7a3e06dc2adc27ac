import {
  Button,
  type FormState,
  IconButton,
  NumberField,
  Row,
  ShareBar,
  Stack,
  TextField,
  useFormat,
  useMessages,
} from '@espalier/admin-kit'
import { Equal, Plus, Trash2 } from 'lucide-react'
import { colorOf } from '../experiment/variantColor.ts'
import { slugOf } from '../slug.ts'
import type { ExperimentValues } from './experimentValues.ts'
import { messages } from './messages.ts'

/** What is compared: names, keys, weights, and what code gets. */
export function VariantFields({ form }: { form: FormState<ExperimentValues> }) {
  const m = useMessages(messages)
  const { number } = useFormat()
  const { variants, kind } = form.watch()
  const set = (next: ExperimentValues['variants']) => form.field('variants').onChange(next)
  const { error } = form.field('variants')
  return (
    <Stack gap={4}>
      <ShareBar
        label={m.shares}
        parts={variants.map(({ name, key, weight }, index) => ({
          id: `${index}`,
          label: name || key,
          value: weight ?? 0,
          color: colorOf(variants, key),
        }))}
        formatValue={() => ''}
      />
      {kind === 'HOLDOUT' && <p className="e-small e-muted">{m.holdoutVariants}</p>}
      <ol className="x-variants" data-field="variants">
        {variants.map((variant, index) => {
          const at = number(index + 1)
          const name = form.field(`variants.${index}.name`)
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: their keys are still being typed
            <li key={index}>
              <TextField
                label={m.nameOf(at)}
                required
                {...name}
                onChange={(next) => {
                  const follows = variant.key === '' || variant.key === slugOf(variant.name)
                  if (follows && kind !== 'HOLDOUT')
                    form.setValue(`variants.${index}.key`, slugOf(next), { shouldDirty: true })
                  name.onChange(next)
                }}
              />
              <TextField
                label={m.keyOf(at)}
                code
                required
                readOnly={kind === 'HOLDOUT'}
                {...form.field(`variants.${index}.key`)}
              />
              <NumberField label={m.weightOf(at)} min={0} max={1_000_000} {...form.field(`variants.${index}.weight`)} />
              <TextField
                label={m.valueFor(at)}
                code
                placeholder={variant.key}
                {...form.field(`variants.${index}.value`)}
              />
              {variants.length > 2 && index > 0 && (
                <IconButton
                  label={m.removeVariant(variant.name || m.variantNumber(at))}
                  icon={Trash2}
                  onPress={() => set(variants.filter((_, other) => other !== index))}
                />
              )}
            </li>
          )
        })}
      </ol>
      {error && (
        <p className="e-error" role="alert">
          {error}
        </p>
      )}
      <p className="e-small e-muted">{m.valueHint}</p>
      {kind !== 'HOLDOUT' && (
        <Row>
          <Button
            size="small"
            icon={Plus}
            disabled={variants.length >= 20}
            onPress={() => {
              const name = m.variantNumber(number(variants.length))
              set([...variants, { name, key: slugOf(name), weight: 1, value: '' }])
            }}
          >
            {m.addVariant}
          </Button>
          <Button
            size="small"
            variant="quiet"
            icon={Equal}
            onPress={() => set(variants.map((variant) => ({ ...variant, weight: 1 })))}
          >
            {m.even}
          </Button>
        </Row>
      )}
    </Stack>
  )
}
