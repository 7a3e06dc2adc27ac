import { defineInstallation } from '@espalier/core/installation'

/** The plugins of this installation, by package or by path: what the server runs and the web app is built with. */
export default defineInstallation({
  plugins: [
    '@espalier/tracking',
    '@espalier/landing-pages',
    '@espalier/experiments',
    '@espalier/prompts',
    '@espalier/ai',
    '@espalier/mail',
    '@espalier/operations',
  ],
})
