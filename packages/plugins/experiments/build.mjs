// Bundles the script for pages of others: browser/experiments.ts → dist/experiments.js, one plain script.
import { build } from 'esbuild'

await build({
  entryPoints: [`${import.meta.dirname}/browser/experiments.ts`],
  outfile: `${import.meta.dirname}/dist/experiments.js`,
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  // The server puts the experiments in the place of this text.
  define: { GIVEN: '"espalier experiments"' },
  legalComments: 'none',
  tsconfigRaw: { compilerOptions: { alwaysStrict: false } },
  logLevel: 'warning',
})
