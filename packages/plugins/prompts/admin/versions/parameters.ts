import type { Variant } from '../prompt/Prompt.tsx'

/** How a model is asked, by name; undefined: as the workspace says. */
export function parameterTexts(
  { model, temperature, topP, maxOutputTokens }: Variant['parameters'],
  number: (value: number, digits?: number) => string,
): readonly (readonly ['model' | 'temperature' | 'topP' | 'maxOutputTokens', string | undefined])[] {
  const written = (value: number | null | undefined, digits: number) =>
    value == null ? undefined : number(value, digits)
  return [
    ['model', model ?? undefined],
    ['temperature', written(temperature, 2)],
    ['topP', written(topP, 2)],
    ['maxOutputTokens', written(maxOutputTokens, 0)],
  ]
}
