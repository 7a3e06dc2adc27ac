/** vitest's globalSetup: what runs the product runs it as people do, from the bundle of this source. */
export { bundleServer as setup } from './prepare.mjs'
