import {
  MenuButton,
  startAnew,
  themes,
  toast,
  useLanguage,
  useMessages,
  useMutation,
  useTheme,
  useViewer,
} from '@espalier/admin-kit'
import { Check, Keyboard, LogOut, UserRound } from 'lucide-react'
import { graphql } from '../graphql/index.ts'
import { messages } from './messages.ts'

const SignOutDocument = graphql(`
  mutation SignOut {
    signOut {
      ... on SignOutSuccess {
        data {
          id
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

/** Who is signed in, how the app looks and speaks to them, and the way out. */
export function AccountMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const m = useMessages(messages)
  const { user, role } = useViewer()
  const { language, choose } = useLanguage()
  const [theme, chooseTheme] = useTheme()
  const [signOut, { busy }] = useMutation(SignOutDocument)
  const leave = async () => {
    const { problem } = await signOut({})
    if (problem) toast(problem.message, { tone: 'critical' })
    else startAnew()
  }
  const chosen = (is: boolean) => (is ? { icon: Check } : {})
  return (
    <div className="frame-menu">
      <MenuButton
        label={`${m.account}: ${user.name}`}
        variant="quiet"
        disabled={busy}
        groups={[
          {
            id: 'account',
            title: `${user.email} · ${m.roles[role]}`,
            entries: [{ id: 'shortcuts', label: m.shortcuts, icon: Keyboard, keys: '?', run: onShortcuts }],
          },
          {
            id: 'theme',
            title: m.theme,
            entries: themes.map((each) => ({
              id: `theme:${each}`,
              label: m.themes[each],
              ...chosen(each === theme),
              run: () => chooseTheme(each),
            })),
          },
          {
            id: 'language',
            title: m.language,
            entries: [
              { id: 'language:en', label: 'English', ...chosen(language === 'en'), run: () => choose('en') },
              { id: 'language:fr', label: 'Français', ...chosen(language === 'fr'), run: () => choose('fr') },
            ],
          },
          { id: 'leave', entries: [{ id: 'signOut', label: m.signOut, icon: LogOut, run: () => void leave() }] },
        ]}
      >
        <UserRound aria-hidden size={16} />
        <span className="account-name">{user.name}</span>
      </MenuButton>
    </div>
  )
}
