import { Monitor, Moon, Sun } from 'lucide-react'
import { SegmentedControl } from '../components/SegmentedControl.tsx'
import { words } from '../components/words.ts'
import { useMessages } from '../language/messages.ts'
import { themes, useTheme } from './theme.ts'

const icons = { system: Monitor, light: Sun, dark: Moon }

/** Chooses how the app looks, in this browser. */
export function ThemeChoice() {
  const m = useMessages(words)
  const [theme, choose] = useTheme()
  return (
    <SegmentedControl
      label={m.theme}
      options={themes.map((id) => ({ id, label: m[id], icon: icons[id] }))}
      value={theme}
      onChange={choose}
    />
  )
}
