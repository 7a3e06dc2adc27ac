import { defineConfig } from 'vite'

/** Every component in every state on one page: `vite packages/admin-kit/test/gallery` shows it. */
export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic' } },
  build: { target: 'es2023', emptyOutDir: true, sourcemap: false },
})
