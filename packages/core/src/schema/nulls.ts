/** The fields of an input that were given: GraphQL cannot tell `null` from "leave it as it is", so neither counts. */
export function withoutNulls<Input extends object>(
  input: Input,
): { [Field in keyof Input]: Exclude<Input[Field], null> } {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null)) as never
}
