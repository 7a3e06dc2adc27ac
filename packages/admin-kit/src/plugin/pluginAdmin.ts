import type { LucideIcon } from 'lucide-react'
import type { ComponentType } from 'react'
import type { ChosenRange } from '../dashboard/range.ts'
import type { Words } from '../language/language.tsx'
import type { GoTo } from '../routing/navigation.tsx'
import type { Page } from '../routing/page.ts'
import type { AnyTarget } from '../routing/router.ts'
import type { Elsewhere } from './elsewhere.ts'

/** Where an entry stands in the navigation, in this order. */
export const sections = ['overview', 'pages', 'content', 'reach', 'operations', 'settings'] as const
/** A section of the navigation. */
export type Section = (typeof sections)[number]

/** What a plugin adds to the web app. Only this is loaded at the start: everything that draws comes by `load`. */
export interface PluginAdmin {
  /** That of the plugin in the server: where it is switched off, nothing of this exists. */
  readonly name: string
  readonly pages?: readonly Page[]
  readonly navigation?: readonly NavigationEntry[]
  readonly widgets?: readonly Widget[]
  readonly decisions?: readonly Decisions[]
  readonly panels?: readonly Panel[]
  readonly commands?: readonly Command[]
  readonly search?: ObjectSearch
  /** The pages of other plugins that its own lead to: `LinkElsewhere` goes to no others. */
  readonly links?: readonly Elsewhere[]
}

/** A way to a page that is always there. Hidden from those who may not see the page. */
export interface NavigationEntry {
  /** One without parameters. */
  readonly page: Page
  readonly label: Words
  readonly icon: LucideIcon
  readonly section: Section
  /** Its place within the section, the smallest first. Default 50. */
  readonly order?: number
  /** A small count beside the label: what is new, what waits. */
  readonly badge?: Load<Record<string, never>>
  /** Keys pressed one after the other outside of fields that lead there: "g p". */
  readonly keys?: string
}

/** A piece of the dashboard. */
export interface Widget {
  /** Unique among all plugins: "<plugin>.<what>". */
  readonly id: string
  readonly title: Words
  /** How much room is kept for it, also while it loads: a third, half or the whole of the width. */
  readonly size: 'small' | 'medium' | 'wide'
  /** CSS length that is kept free for all of it. Default: 17rem, wide ones 12rem. What needs more moves what is below. */
  readonly height?: string
  readonly order?: number
  readonly permission?: string
  readonly load: Load<{ range: DashboardRange }>
}

/** The span of time that the dashboard shows, and what it is compared with. */
export type DashboardRange = ChosenRange

/** What waits for a person, among everything of one plugin. Renders `Decision`s, or nothing. */
export interface Decisions {
  readonly id: string
  readonly permission?: string
  readonly load: Load<Record<string, never>>
}

/** A part of the page of another plugin's object. */
export interface Panel {
  /** GraphQL type of the object: "Page". */
  readonly on: string
  readonly id: string
  readonly title: Words
  readonly order?: number
  readonly permission?: string
  readonly load: Load<{ id: string }>
}

/** Something that can be done from anywhere, by the palette or by keys. */
export interface Command {
  readonly id: string
  readonly label: Words
  readonly icon?: LucideIcon
  /** Keys pressed one after the other outside of fields: "c p". */
  readonly keys?: string
  readonly permission?: string
  readonly run: (app: { goTo: GoTo }) => void
}

/** Finds objects of the plugin for the palette. */
export interface ObjectSearch {
  readonly permission?: string
  readonly load: () => Promise<{ default: (text: string) => Promise<readonly FoundObject[]> }>
}

/** Something that a search of objects has found. */
export interface FoundObject {
  readonly id: string
  /** What kind of thing it is, in the language of the person. */
  readonly type: string
  readonly label: string
  readonly detail?: string
  readonly target: AnyTarget
}

/** Loads a component when it is needed: `() => import('./Page.tsx')`. */
export type Load<Props> = () => Promise<{ default: ComponentType<Props> }>

/** Declares what a plugin adds to the web app: the default export of its `admin/index.tsx`. */
export function definePluginAdmin(plugin: PluginAdmin): PluginAdmin {
  return plugin
}
