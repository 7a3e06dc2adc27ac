import { InvalidInputError } from '@espalier/core'

/**
 * What a file from GrowthBook holds, each thing still as it stands there. It may be any of these, or an array of them:
 *
 * - answers of its REST API: `{ experiments: […] }`, `{ features: […] }`, `{ metrics: […] }`, `{ factMetrics: […] }`,
 *   `{ factTables: […] }`, `{ savedGroups: […] }`, or one object with several of these lists;
 * - what its SDKs read: `{ features: { key: { defaultValue, rules } }, experiments: […], savedGroups: { id: […] } }`.
 *
 * Sources: https://api.growthbook.io/api/v1/openapi.yaml and https://docs.growthbook.io/lib/build-your-own.
 */
export interface GrowthBookExport {
  readonly experiments: readonly unknown[]
  readonly features: readonly unknown[]
  readonly metrics: readonly unknown[]
  readonly factMetrics: readonly unknown[]
  /** By id. */
  readonly factTables: ReadonlyMap<string, Readonly<Record<string, unknown>>>
  /** By id: a list of values, or the group as the REST API gives it. */
  readonly savedGroups: ReadonlyMap<string, unknown>
  /** Features as SDKs read them, by key. */
  readonly payload: ReadonlyMap<string, unknown>
  /** Experiments of the visual editor and redirects, as SDKs read them. */
  readonly automatic: readonly unknown[]
}

/** More than that is more than one workspace can mean. */
export const maxItems = 20_000

/** @throws InvalidInputError when the file holds nothing that is known, or too much */
export function readExport(file: unknown): GrowthBookExport {
  const found = {
    experiments: [] as unknown[],
    features: [] as unknown[],
    metrics: [] as unknown[],
    factMetrics: [] as unknown[],
    factTables: new Map<string, Readonly<Record<string, unknown>>>(),
    savedGroups: new Map<string, unknown>(),
    payload: new Map<string, unknown>(),
    automatic: [] as unknown[],
  }
  for (const part of Array.isArray(file) ? file : [file]) if (isObject(part)) read(part)
  const { experiments, features, metrics, factMetrics, payload, automatic } = found
  const count = experiments.length + features.length + metrics.length + factMetrics.length + payload.size
  if (count + automatic.length === 0)
    throw InvalidInputError.of('export', 'EMPTY', {
      en: 'holds no experiments, features or metrics of GrowthBook. Give answers of its REST API, such as {"experiments": […]}, or what its SDKs read, {"features": {…}}.',
      fr: 'ne contient ni expériences, ni drapeaux, ni métriques de GrowthBook. Donnez des réponses de son API REST, telles que {"experiments": […]}, ou ce que lisent ses SDK, {"features": {…}}.',
    })
  if (count > maxItems)
    throw InvalidInputError.of('export', 'TOO_MANY', {
      en: `holds ${count} things, and at most ${maxItems} are imported at once. Split the file.`,
      fr: `contient ${count} éléments, et ${maxItems} au plus sont importés à la fois. Divisez le fichier.`,
    })
  return found

  function read(part: Readonly<Record<string, unknown>>): void {
    // In what SDKs read, features are an object by key, and experiments are those of the visual editor.
    const isPayload = isObject(part.features)
    if (isObject(part.features))
      for (const [key, feature] of Object.entries(part.features)) found.payload.set(key, feature)
    else found.features.push(...listOf(part.features))
    ;(isPayload ? found.automatic : found.experiments).push(...listOf(part.experiments))
    found.metrics.push(...listOf(part.metrics))
    found.factMetrics.push(...listOf(part.factMetrics))
    for (const table of listOf(part.factTables)) if (isObject(table)) found.factTables.set(String(table.id), table)
    if (isObject(part.savedGroups))
      for (const [id, values] of Object.entries(part.savedGroups)) found.savedGroups.set(id, values)
    else
      for (const group of listOf(part.savedGroups)) if (isObject(group)) found.savedGroups.set(String(group.id), group)
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
