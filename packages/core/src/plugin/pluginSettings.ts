import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Awaitable } from '../awaitable.ts'
import type { SqlContext } from '../context.ts'
import { sql } from '../data/sql.ts'
import { InvalidInputError, NotFoundError, startError } from '../errors.ts'
import { refuseSavedMeanwhile } from '../savedMeanwhile.ts'
import { issueTold } from '../schemaWords.ts'
import { told } from '../told.ts'
import { asUnavailable } from '../unavailable.ts'
import type { AnyPlugin } from './definePlugin.ts'
import type { PluginWords, SettingWords } from './pluginWords.ts'

interface Known {
  readonly value: Record<string, unknown>
  /** By the context's clock, milliseconds. */
  readonly freshUntil: number
}

interface Reading {
  readonly value: Promise<Record<string, unknown>>
}

/** In this process's own memory, for pages read their settings on every visit: a change arrives everywhere within this time. Milliseconds. */
const freshForMs = 1_000

/** How long before that a visit has them read anew beside it: where people come all the time, nobody waits. Milliseconds. */
const aheadMs = 500

/** What workspaces have set for each plugin, checked by the plugin's own schema. */
export class PluginSettings {
  /** By plugin, then by workspace. What is no longer fresh still answers while the database does not. */
  readonly #known: ReadonlyMap<string, LRUCache<string, Known>>
  readonly #reading = new Map<string, Reading>()
  readonly #schemas: ReadonlyMap<string, z.ZodObject>
  readonly #words: ReadonlyMap<string, PluginWords>

  /** @throws StartError when a plugin's settings have a field without a default (a new workspace would be invalid), or take a permission that it does not declare */
  constructor(plugins: readonly AnyPlugin[]) {
    this.#schemas = new Map(
      plugins.flatMap(({ name, definition }) => (definition.settings ? [[name, definition.settings]] : [])),
    )
    this.#words = new Map(
      plugins.flatMap(({ name, definition }) => (definition.words ? [[name, definition.words]] : [])),
    )
    for (const { name, definition } of plugins) {
      const { settingsPermission, permissions = {} } = definition
      if (settingsPermission && !Object.hasOwn(permissions, settingsPermission))
        throw startError(
          'PLUGIN_DEFECT',
          name,
          'settingsPermission',
          `is "${settingsPermission}", which it does not declare. Add it to its permissions, or correct its name.`,
        )
    }
    this.#known = new Map([...this.#schemas.keys()].map((name) => [name, new LRUCache({ max: 10_000 })]))
    for (const [name, schema] of this.#schemas) {
      const empty = schema.safeParse({})
      if (!empty.success)
        throw startError(
          'PLUGIN_DEFECT',
          name,
          'settings',
          `have no default for "${empty.error.issues[0]?.path.join('.')}". Give every field a .default(…).`,
        )
    }
  }

  /**
   * A plugin's settings in the context's workspace, with defaults filled in. Inside a transaction: as it sees them;
   * outside of one, where the database does not answer: as they were read last.
   */
  read(context: SqlContext, plugin: string): Awaitable<Record<string, unknown>> {
    if (context.db.inTransaction) return this.#readWithin(context, plugin)
    const known = this.#known.get(plugin)?.get(context.workspaceId)
    const now = context.clock.now().getTime()
    if (known && isFresh(known, now)) {
      // What it fails with, whoever comes once they are no longer fresh learns.
      if (!isFresh(known, now + aheadMs)) this.#readOnce(context, plugin, known).catch(() => {})
      return known.value
    }
    return this.#readOnce(context, plugin, known)
  }

  /** How often a workspace has changed a plugin's settings: 0 where they are the defaults. */
  async version(context: SqlContext, plugin: string): Promise<number> {
    const [row] = await context.db.query<{ version: number }>(
      sql`select "version" from "PluginSetting" where "plugin" = ${plugin}`,
    )
    return row?.version ?? 0
  }

  /**
   * Changes some fields; the others stay. Belongs inside a transaction.
   *
   * @param expectedVersion refused where somebody has saved since; without it the last one wins
   * @throws InvalidInputError naming each field that the plugin refuses, SavedMeanwhileError. Nothing is written then.
   */
  async update(
    context: SqlContext,
    plugin: string,
    change: unknown,
    expectedVersion?: number | null,
  ): Promise<Record<string, unknown>> {
    const schema = this.#schema(plugin)
    if (typeof change !== 'object' || change === null || Array.isArray(change))
      throw InvalidInputError.of('value', 'INVALID_TYPE', {
        en: 'must be an object with the settings to change.',
        fr: 'doit être un objet avec les réglages à changer.',
      })
    const unknown = Object.keys(change).filter((field) => !(field in schema.shape))
    if (unknown.length > 0)
      throw new InvalidInputError(
        unknown.map((field) => ({
          path: `value.${field}`,
          code: 'UNKNOWN_FIELD',
          message: {
            en: `"${field}" is not a setting of ${plugin}. Its settings are: ${Object.keys(schema.shape).join(', ')}.`,
            fr: `« ${field} » n’est pas un réglage de ${plugin}. Ses réglages sont : ${Object.keys(schema.shape).join(', ')}.`,
          },
        })),
      )
    // Two people who save different fields at once: the second waits and keeps the first one's.
    await context.db.query(
      sql`select pg_advisory_xact_lock(hashtextextended(${`${context.workspaceId} ${plugin}`}, 0))`,
    )
    const edited = { what: `settings of ${plugin}`, resourceType: 'PluginSetting', resourceId: plugin }
    const version = await this.version(context, plugin)
    await refuseSavedMeanwhile(context, { ...edited, version }, expectedVersion)
    const before = await this.#stored(context, plugin)
    const parsed = schema.safeParse({ ...before, ...change })
    if (!parsed.success)
      throw new InvalidInputError(
        parsed.error.issues.map((issue) => ({
          path: ['value', ...issue.path].join('.'),
          code: issue.code.toUpperCase(),
          message: issueTold(issue, { ...before, ...change }),
        })),
      )
    await context.db.query(sql`
      insert into "PluginSetting" ("plugin", "value", "updatedAt") values (${plugin}, ${JSON.stringify(parsed.data)}::jsonb, ${context.clock.now()})
      on conflict ("workspaceId", "plugin") do update set "value" = excluded."value", "updatedAt" = excluded."updatedAt",
        "version" = "PluginSetting"."version" + 1`)
    context.audit({ resourceType: 'PluginSetting', resourceId: plugin, before, after: parsed.data })
    // Whoever has saved reads at once what they saved.
    context.afterCommit(() => this.#forget(context.workspaceId, plugin))
    return parsed.data
  }

  /**
   * JSON Schema of a plugin's settings, for a form; null when it has none. Titles and descriptions are in the language of the
   * reader, units and names of options under `x-unit` and `x-options`.
   */
  jsonSchema(plugin: string, locale: string): unknown {
    const schema = this.#schemas.get(plugin)
    if (!schema) return null
    const words = this.#words.get(plugin)?.settings as Readonly<Record<string, SettingWords>> | undefined
    const { properties = {}, ...whole } = z.toJSONSchema(schema, { io: 'input' })
    return {
      ...whole,
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, worded(property as object, words?.[name], locale)]),
      ),
    }
  }

  async #readWithin(transaction: SqlContext, plugin: string): Promise<Record<string, unknown>> {
    return this.#parse(transaction, plugin, await this.#stored(transaction, plugin))
  }

  #readOnce(context: SqlContext, plugin: string, known: Known | undefined) {
    const place = `${context.workspaceId} ${plugin}`
    const underway = this.#reading.get(place)
    if (underway) return underway.value
    const reading: Reading = {
      value: this.#readAnew(context, plugin, known, () => this.#reading.get(place) === reading).finally(() => {
        if (this.#reading.get(place) === reading) this.#reading.delete(place)
      }),
    }
    this.#reading.set(place, reading)
    return reading.value
  }

  /** What was known before a change, and what was read before it was committed. */
  #forget(workspaceId: string, plugin: string): void {
    this.#known.get(plugin)?.delete(workspaceId)
    this.#reading.delete(`${workspaceId} ${plugin}`)
  }

  async #readAnew(context: SqlContext, plugin: string, known: Known | undefined, isCurrent: () => boolean) {
    try {
      const value = this.#parse(context, plugin, await this.#stored(context, plugin))
      const freshUntil = context.clock.now().getTime() + freshForMs
      if (isCurrent()) this.#known.get(plugin)?.set(context.workspaceId, { value, freshUntil })
      return value
    } catch (error) {
      if (known && asUnavailable(error)) return known.value
      throw error
    }
  }

  #parse(context: SqlContext, plugin: string, stored: Record<string, unknown>): Record<string, unknown> {
    const schema = this.#schema(plugin)
    const parsed = schema.safeParse(stored)
    if (parsed.success) return parsed.data
    // A newer version of the plugin may refuse what an older one stored: fields that still hold are kept.
    const wrong = new Set(parsed.error.issues.map(({ path }) => String(path[0])))
    context.log.warn(
      { plugin, fields: [...wrong] },
      'Stored settings no longer fit the plugin; defaults stand in for them',
    )
    return schema.parse(Object.fromEntries(Object.entries(stored).filter(([field]) => !wrong.has(field))))
  }

  async #stored(context: SqlContext, plugin: string): Promise<Record<string, unknown>> {
    const [row] = await context.db.query<{ value: Record<string, unknown> }>(
      sql`select "value" from "PluginSetting" where "plugin" = ${plugin}`,
    )
    return row?.value ?? {}
  }

  #schema(plugin: string): z.ZodObject {
    const schema = this.#schemas.get(plugin)
    if (!schema) throw new NotFoundError('plugin with settings', plugin)
    return schema
  }
}

function worded(property: object, words: SettingWords | undefined, locale: string): object {
  if (!words) return property
  const { description } = property as { description?: string }
  return {
    ...property,
    title: told(locale, words.title),
    description: told(locale, { en: description ?? '', fr: words.fr }),
    ...(words.unit && { 'x-unit': words.unit }),
    ...(words.options && {
      'x-options': Object.fromEntries(
        Object.entries(words.options).map(([option, name]) => [option, told(locale, name)]),
      ),
    }),
  }
}

/** A clock that was set back must not keep what is old. */
function isFresh({ freshUntil }: Known, now: number): boolean {
  return now < freshUntil && freshUntil - now <= freshForMs
}
