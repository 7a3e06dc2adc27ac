import './Avatar.css'

/** The initials of a person on a color that is always theirs. Their name stands beside it or is read out. */
export function Avatar({ name, named = false }: { name: string; named?: boolean }) {
  return (
    <span
      className="e-avatar"
      style={{ background: `var(--avatar-${hash(name) % 6})` }}
      {...(named ? { role: 'img', 'aria-label': name } : { 'aria-hidden': true })}
    >
      {initials(name)}
    </span>
  )
}

function initials(name: string): string {
  const words = name.trim().split(/[\s@._-]+/u)
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => word?.at(0)?.toLocaleUpperCase() ?? '')
    .join('')
}

function hash(text: string): number {
  let sum = 0
  for (const letter of text) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0
  return sum
}
