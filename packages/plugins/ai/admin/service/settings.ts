import * as v from 'valibot'

const own = v.object({
  endpoint: v.fallback(v.picklist(['chat', 'responses']), 'chat'),
  model: v.fallback(v.string(), ''),
  maxOutputTokens: v.fallback(v.nullable(v.number()), 4096),
  timeoutSeconds: v.fallback(v.nullable(v.number()), 120),
  cacheSeconds: v.fallback(v.nullable(v.number()), 3600),
  redact: v.fallback(v.picklist(['none', 'personal']), 'none'),
  monthlyBudget: v.fallback(v.nullable(v.number()), null),
  purposeBudgets: v.fallback(v.record(v.string(), v.number()), {}),
  prices: v.fallback(
    v.record(v.string(), v.object({ input: v.number(), cachedInput: v.optional(v.number()), output: v.number() })),
    {},
  ),
  storesCompletions: v.fallback(v.boolean(), false),
  keepDays: v.fallback(v.nullable(v.number()), 400),
})

/** Settings of the plugin, as its server side declares them. */
export type AiSettings = v.InferOutput<typeof own>

/** How often they were saved, among those of all plugins. */
export function aiSettingsVersion(
  plugins: readonly { readonly name: string; readonly settingsVersion?: number | null }[],
): number {
  return plugins.find(({ name }) => name === 'ai')?.settingsVersion ?? 0
}

/** The settings of the plugin among those of all plugins. What is missing has its default. */
export function aiSettings(plugins: readonly { readonly name: string; readonly settings?: unknown }[]): AiSettings {
  return v.parse(own, plugins.find(({ name }) => name === 'ai')?.settings ?? {})
}
