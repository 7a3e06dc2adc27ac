import { Answer, Checkbox, type FieldBinding, TextField, useMessages, useQuery, useViewer } from '@espalier/admin-kit'
import { useId, useState } from 'react'
import type { ScopesQuery } from '../../graphql/graphql.ts'
import { ScopesDocument } from './documents.ts'
import { messages } from './messages.ts'
import '../settings.css'

type Scope = ScopesQuery['permissions'][number]

/** Scopes by plugin: one finds them by name or by what they allow, and takes single ones or a whole branch. */
export function ScopeTree({ name, value, onChange, error }: FieldBinding<string[]>) {
  const m = useMessages(messages)
  const id = useId()
  const query = useQuery(ScopesDocument, {})
  const { may } = useViewer()
  const [text, setText] = useState('')
  return (
    <fieldset className="settings-scopes" data-field={name} aria-describedby={id}>
      <legend className="e-label">{m.scopesTitle}</legend>
      <TextField
        label={m.findScope}
        labelHidden
        placeholder={m.findScope}
        type="search"
        value={text}
        onChange={setText}
      />
      <Answer of={query} height="22rem">
        {({ permissions, plugins }) => (
          <Branches
            scopes={permissions.filter((scope) => may(scope.name) && matches(scope, text))}
            titles={new Map(plugins.map(({ name: plugin, title }) => [plugin, title]))}
            text={text}
            chosen={value}
            onChange={onChange}
          />
        )}
      </Answer>
      <p id={id} className={error ? 'e-error' : 'e-hint'} role={error ? 'alert' : undefined}>
        {error ?? (value.length > 0 ? m.chosen(value.length) : m.scopesHint)}
      </p>
    </fieldset>
  )
}

function Branches({
  scopes,
  titles,
  text,
  chosen,
  onChange,
}: {
  scopes: readonly Scope[]
  titles: ReadonlyMap<string, string>
  text: string
  chosen: readonly string[]
  onChange: (chosen: string[]) => void
}) {
  const m = useMessages(messages)
  if (scopes.length === 0) return <p className="e-muted">{m.noScope(text)}</p>
  const toggle = (names: readonly string[], on: boolean) => {
    const others = chosen.filter((name) => !names.includes(name))
    onChange(on ? [...others, ...names] : others)
  }
  return (
    <div className="settings-tree">
      {[...Map.groupBy(scopes, ({ plugin }) => plugin)].map(([plugin, branch]) => {
        const names = branch.map((scope) => scope.name)
        const taken = names.filter((name) => chosen.includes(name)).length
        return (
          <div key={plugin}>
            <Checkbox
              value={taken === names.length}
              some={taken > 0 && taken < names.length}
              onChange={(on) => toggle(names, on)}
            >
              {m.all(plugin === 'core' ? m.core : (titles.get(plugin) ?? plugin))}
            </Checkbox>
            <div className="settings-tree-scopes">
              {branch.map((scope) => (
                <Checkbox
                  key={scope.name}
                  value={chosen.includes(scope.name)}
                  onChange={(on) => toggle([scope.name], on)}
                  hint={scope.description}
                >
                  <code>{scope.name}</code>
                </Checkbox>
              ))}
            </div>
          </div>
        )
      })}
    </div>
  )
}

function matches({ name, description, plugin }: Scope, text: string): boolean {
  const wanted = text.trim().toLowerCase()
  return [name, description, plugin].some((part) => part.toLowerCase().includes(wanted))
}
