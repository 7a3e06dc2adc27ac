import { StartError, startError } from '../errors.ts'
import type { AnyPlugin } from './definePlugin.ts'

/** What a plugin's own code threw, as the one line that stops the start. */
export function pluginFailure(
  code: 'PLUGIN_SETUP_FAILED' | 'PLUGIN_START_FAILED',
  plugin: AnyPlugin,
  error: unknown,
): StartError {
  if (error instanceof StartError) return error
  const found = startError(code, plugin.name, error instanceof Error ? error.message : String(error))
  return new StartError(found.code, found.message, { cause: error })
}
