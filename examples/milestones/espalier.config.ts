import { defineInstallation } from '@espalier/core/installation'

/** The product with this plugin: `ESPALIER_CONFIG=<this file> npm start`, in the folder of Espalier. */
export default defineInstallation({
  plugins: [
    '@espalier/tracking',
    '@espalier/experiments',
    '@espalier/ai',
    '@espalier/prompts',
    '@espalier/landing-pages',
    '@espalier/mail',
    '@espalier/operations',
    '.',
  ],
})
