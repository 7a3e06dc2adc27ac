import type { z } from 'zod'
import type { Told } from '../told.ts'

/** What a plugin, its settings and its permissions are called, for people: in both languages. */
export interface PluginWords<Settings extends z.ZodObject = z.ZodObject> {
  readonly title: Told
  /** What it is for, in a sentence. */
  readonly about: Told
  /** One for every setting. */
  readonly settings: { readonly [Key in keyof Settings['shape'] & string]: SettingWords }
  /** Permission → in French what it allows; its English is in the declaration. */
  readonly permissions: Readonly<Record<string, string>>
}

/** What a setting is called in the web app, in both languages, and what helps to set it. */
export interface SettingWords {
  readonly title: Told
  /** In French what its schema says with `.describe(…)`. */
  readonly fr: string
  /** What its number counts. A share is from 0 to 1, and shown in percent. */
  readonly unit?: 'days' | 'minutes' | 'seconds' | 'tokens' | 'share' | 'usd' | 'micros' | 'perSecond'
  /** What the words of an enum are called. */
  readonly options?: Readonly<Record<string, Told>>
}
