import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// `npm run dev` serves the app by itself; everything it asks for goes on to the running server.
const server = process.env.ESPALIER_URL ?? 'http://127.0.0.1:4000'

export default defineConfig({
  base: '/admin/',
  plugins: [react()],
  build: { target: 'es2023', sourcemap: false },
  server: {
    proxy: {
      '/graphql': { target: server, ws: true },
      '/api': server,
      '/p': server,
    },
  },
})
