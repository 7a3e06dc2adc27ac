import './code.css'

/** Keys to press: "Ctrl+Enter" as one, "g p" one after the other. `Mod` is Ctrl, on a Mac ⌘. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className="e-keys">
      {keys.split(' ').map((key, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same key may come twice, and nothing moves
        <kbd key={index}>{key.replace('Mod', isMac ? '⌘' : 'Ctrl')}</kbd>
      ))}
    </span>
  )
}

const isMac = /Mac|iP(hone|ad)/.test(navigator.platform)
