import { createMemoryHistory } from '@tanstack/history'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createRouter, LanguageProvider, OverlayHost, RouterProvider } from '../../src/index.ts'
import { Gallery } from './Gallery.tsx'
import '../../src/theme.css'

const router = createRouter([], { base: '', history: createMemoryHistory({ initialEntries: ['/'] }) })

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no element with the id "root".')

createRoot(root).render(
  <StrictMode>
    <LanguageProvider>
      <RouterProvider router={router}>
        <Gallery />
      </RouterProvider>
      <OverlayHost />
    </LanguageProvider>
  </StrictMode>,
)
