import { Stack, ThemeChoice, useLanguage } from '../../src/index.ts'
import { Buttons } from './Buttons.tsx'
import { Fields } from './Fields.tsx'
import { Forms } from './Forms.tsx'
import { Shown } from './Shown.tsx'

/** The words of this page are for the people who build the app, in one language. */
export function Gallery() {
  const { language, choose } = useLanguage()
  return (
    <main style={{ maxWidth: '60rem', margin: '0 auto', padding: '1rem' }}>
      <Stack gap={8}>
        <header>
          <h1>Gallery</h1>
          <ThemeChoice />
          <button type="button" onClick={() => choose(language === 'en' ? 'fr' : 'en')}>
            {language}
          </button>
        </header>
        <Buttons />
        <Fields />
        <Forms />
        <Shown />
      </Stack>
    </main>
  )
}
