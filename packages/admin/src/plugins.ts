import plugins from 'virtual:installed-plugins'
import type { PluginAdmin } from '@espalier/admin-kit'
import { kernelAdmin } from './kernel/kernelAdmin.ts'
import { settingsAdmin } from './settings/settingsAdmin.ts'

/** Everything that adds to the app: the kernel first, then what `espalier.config.ts` names. */
export const everything: readonly PluginAdmin[] = [kernelAdmin, settingsAdmin, ...plugins]
