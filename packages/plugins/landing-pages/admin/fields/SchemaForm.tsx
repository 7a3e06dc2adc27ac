import { Fields, type FieldsProps } from './Fields.tsx'
import { SchemaField } from './SchemaField.tsx'

/** The form of a block: a field for each of its props, by its schema. */
export function SchemaForm(props: FieldsProps) {
  return <Fields {...props} Field={SchemaField} />
}
