import { readFileSync } from 'node:fs'

/** The version of the kernel that runs, such as "0.1.0". Plugins from outside say in their package.json which they work with. */
export const kernelVersion: string = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
).version
