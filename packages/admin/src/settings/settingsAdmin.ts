import { definePluginAdmin } from '@espalier/admin-kit'
import { Building2, Gauge, KeyRound, Puzzle, UserRound, UsersRound } from 'lucide-react'
import {
  accountPage,
  keyPage,
  keysPage,
  limitsPage,
  membersPage,
  pluginPage,
  pluginsPage,
  workspacePage,
} from './pages.ts'

/** Settings: of the workspace, its people and keys, of plugins, and of oneself. */
export const settingsAdmin = definePluginAdmin({
  name: 'core',
  pages: [workspacePage, membersPage, keysPage, keyPage, pluginsPage, pluginPage, limitsPage, accountPage],
  navigation: [
    { page: workspacePage, label: workspacePage.title, icon: Building2, section: 'settings', order: 1, keys: 'g s' },
    { page: membersPage, label: membersPage.title, icon: UsersRound, section: 'settings', order: 2 },
    { page: keysPage, label: keysPage.title, icon: KeyRound, section: 'settings', order: 3 },
    { page: pluginsPage, label: pluginsPage.title, icon: Puzzle, section: 'settings', order: 4 },
    { page: limitsPage, label: limitsPage.title, icon: Gauge, section: 'settings', order: 5 },
    { page: accountPage, label: accountPage.title, icon: UserRound, section: 'settings', order: 99 },
  ],
})
