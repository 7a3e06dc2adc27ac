import { listSearch, page } from '@espalier/admin-kit'

export const workspacePage = page({
  path: 'settings/workspace',
  title: { en: 'Workspace', fr: 'Espace de travail' },
  permission: 'workspace:read',
  load: () => import('./workspace/Workspace.tsx'),
})

export const membersPage = page({
  path: 'settings/members',
  title: { en: 'Members', fr: 'Membres' },
  permission: 'members:read',
  search: listSearch,
  load: () => import('./members/Members.tsx'),
})

export const keysPage = page({
  path: 'settings/keys',
  title: { en: 'API keys', fr: 'Clés d’API' },
  permission: 'api-keys:write',
  search: listSearch,
  load: () => import('./keys/Keys.tsx'),
})

export const keyPage = page({
  path: 'settings/keys/$id',
  title: { en: 'API key', fr: 'Clé d’API' },
  permission: 'api-keys:write',
  search: listSearch,
  load: () => import('./keys/Key.tsx'),
})

export const pluginsPage = page({
  path: 'settings/plugins',
  title: { en: 'Plugins', fr: 'Plugins' },
  permission: 'settings:read',
  load: () => import('./plugins/Plugins.tsx'),
})

export const pluginPage = page({
  path: 'settings/plugins/$name',
  title: { en: 'Settings of a plugin', fr: 'Réglages d’un plugin' },
  permission: 'settings:read',
  load: () => import('./plugins/Plugin.tsx'),
})

export const limitsPage = page({
  path: 'settings/limits',
  title: { en: 'Limits', fr: 'Limites' },
  permission: 'settings:read',
  load: () => import('./limits/Limits.tsx'),
})

export const accountPage = page({
  path: 'settings/account',
  title: { en: 'My account', fr: 'Mon compte' },
  load: () => import('./account/Account.tsx'),
})
