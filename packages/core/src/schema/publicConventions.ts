import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql'
import { worksUntil } from './deprecation.ts'

/**
 * What the public schema keeps to beside the conventions of every schema, as sentences about each place that does not:
 * names and examples that an integrator can rely on. A test asks for it with all plugins on.
 */
export function breachesOfPublicConvention(schema: GraphQLSchema): string[] {
  const elements = elementsOf(schema)
  const alive = elements.filter(({ deprecationReason }) => deprecationReason == null)
  return [
    ...elements
      .filter(({ deprecationReason }) => deprecationReason != null && !worksUntil(deprecationReason))
      .map(({ where }) => `${where} is deprecated without a day: say it with deprecated('2026-11-22', '…').`),
    ...alive
      .filter(({ kind, type, name, description }) => kind === 'input' && isFree(type, name) && !hasExample(description))
      .map(
        ({ where }) => `${where} is typed by people and shows no example: end its description with "Example: \`…\`."`,
      ),
    ...alive
      .filter(({ name, type }) => /^(to|end)$/.test(name) && isTime(type))
      .map(({ where }) => `${where} ends a span: call it "until", as everywhere.`),
    ...alive
      .filter(({ name, type }) => type === 'Boolean' && /^is[A-Z]/.test(name))
      .map(({ where }) => `${where} is a Boolean: leave out "is", as everywhere.`),
    ...alive
      .filter(({ kind, name }) => kind === 'value' && !/^[A-Z][A-Z0-9_]*$/.test(name))
      .map(({ where }) => `${where} is a value of an enum: write it in CAPITALS.`),
    ...alive
      .filter(({ kind, name, type }) => kind === 'field' && type === 'DateTime' && !isInstant(name))
      .map(
        ({ where }) => `${where} is an instant: let its name end in "At", "Since" or "Until", or be "from" or "until".`,
      ),
  ]
}

interface Element {
  readonly where: string
  readonly kind: 'field' | 'input' | 'value'
  readonly name: string
  /** Name of its type, without lists and bangs. */
  readonly type: string
  readonly description: string
  readonly deprecationReason: string | null | undefined
}

/** Every field, argument, input field and value. Filters are made by the kernel, in one form. */
function elementsOf(schema: GraphQLSchema): Element[] {
  return Object.values(schema.getTypeMap()).flatMap((type): Element[] => {
    if (type.name.startsWith('__') || /(Filter|Order|OrderField)$/.test(type.name)) return []
    if (isEnumType(type))
      return type.getValues().map((value) => element(type.name, 'value', { ...value, type: undefined }))
    if (isInputObjectType(type)) return Object.values(type.getFields()).map((each) => element(type.name, 'input', each))
    if (!isObjectType(type) && !isInterfaceType(type)) return []
    return Object.values(type.getFields()).flatMap((field) => [
      element(type.name, 'field', { ...field, type: getNamedType(field.type) as GraphQLInputType }),
      ...field.args.map((argument) => element(`${type.name}.${field.name}`, 'input', argument)),
    ])
  })
}

function element(
  owner: string,
  kind: Element['kind'],
  {
    name,
    type,
    description,
    deprecationReason,
  }: Omit<Element, 'where' | 'kind' | 'type' | 'description'> & {
    type: GraphQLInputType | undefined
    description?: string | null | undefined
  },
): Element {
  return {
    where: `${owner}.${name}`,
    kind,
    name,
    type: type ? getNamedType(type).name : '',
    description: description ?? '',
    deprecationReason,
  }
}

/** Text and JSON that a caller writes; cursors come from an answer. */
function isFree(type: string, name: string): boolean {
  return (type === 'String' || type === 'JSON') && name !== 'after' && name !== 'before'
}

function hasExample(description: string): boolean {
  return /`[^`]+`|"[^"]+"|“[^”]+”/.test(description)
}

function isTime(type: string): boolean {
  return type === 'DateTime' || type === 'Date'
}

function isInstant(name: string): boolean {
  return /(At|Since|Until|Before|After)$/.test(name) || /^(at|from|until)$/.test(name)
}
