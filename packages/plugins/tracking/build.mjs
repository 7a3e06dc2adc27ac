// Bundles the tracker script for browsers: browser/tracker.ts → dist/t.js, one plain script.
import { build } from 'esbuild'

await build({
  entryPoints: [`${import.meta.dirname}/browser/tracker.ts`],
  outfile: `${import.meta.dirname}/dist/t.js`,
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2021',
  // Where its collector is: the server that serves it puts in its own name for it.
  define: { COLLECTOR: '"collect"' },
  legalComments: 'none',
  tsconfigRaw: { compilerOptions: { alwaysStrict: false } },
  logLevel: 'warning',
})
