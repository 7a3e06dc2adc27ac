import optimizeLocales from '@react-aria/optimize-locales-plugin'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { compressed } from './vite/compressed.ts'
import { documents } from './vite/documents.ts'
import { installedPages } from './vite/installedPages.ts'

// `npm run dev` serves the app by itself; everything it asks for goes on to the running server.
const server = process.env.ESPALIER_URL ?? 'http://127.0.0.1:4000'

export default defineConfig({
  base: '/admin/',
  plugins: [
    installedPages(),
    documents(),
    react(),
    // The words of its components in the two languages that the app speaks.
    { ...optimizeLocales.vite({ locales: ['en-US', 'fr-FR'] }), enforce: 'pre' },
    compressed(),
  ],
  build: { target: 'es2023', sourcemap: false, outDir: process.env.ESPALIER_WEB_APP || 'dist', emptyOutDir: true },
  server: {
    proxy: {
      '/graphql': { target: server, ws: true },
      '/api': server,
      '/p': server,
      '/healthz': server,
    },
  },
})
