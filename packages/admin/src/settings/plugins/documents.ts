import type { SettingsQuery } from '../../graphql/graphql.ts'
import { graphql } from '../../graphql/index.ts'
import type { ObjectSchema } from './schema.ts'

export const SettingsDocument = graphql(`
  query Settings {
    plugins {
      name
      title
      about
      requires
      settings
      settingsSchema
      settingsVersion
      settingsPermission
    }
  }
`)

export const SavePluginSettingsDocument = graphql(`
  mutation SavePluginSettings($plugin: String!, $value: JSON!, $expectedVersion: Int) {
    updatePluginSettings(plugin: $plugin, value: $value, expectedVersion: $expectedVersion) {
      ... on UpdatePluginSettingsSuccess {
        data {
          name
          settings
          settingsVersion
        }
      }
      ... on Error {
        code
        message
      }
      ... on ConflictError { saved { by at version } }
      ... on InvalidInputError {
        issues {
          path
          message
        }
      }
    }
  }
`)

/** The values of a plugin's settings, by name. */
export type SettingValues = Record<string, unknown>

export interface StoredSettings {
  readonly values: SettingValues
  readonly version: number
  readonly schema: ObjectSchema
  /** What changing them takes beside `settings:write`. */
  readonly permission: string | undefined
}

/** The settings of one plugin; undefined where it is switched off, or has none. */
export function settingsOf(data: SettingsQuery, plugin: string): StoredSettings | undefined {
  const found = data.plugins.find(({ name }) => name === plugin)
  if (!found?.settings || !found.settingsSchema) return undefined
  return {
    values: found.settings as SettingValues,
    version: found.settingsVersion ?? 0,
    schema: found.settingsSchema as ObjectSchema,
    permission: found.settingsPermission ?? undefined,
  }
}
