import { Card, Stack, TextField, useFormat, useMessages, useViewer } from '@espalier/admin-kit'
import { useState } from 'react'
import type { AiServiceQuery } from '../graphql/graphql.ts'
import { messages } from './messages.ts'
import { OwnPrices } from './OwnPrices.tsx'
import './prices.css'

type Price = AiServiceQuery['aiPrices'][number]

/** What models cost: those of the list, and those that the workspace has set. */
export function Prices({ prices, asOf, changed }: { prices: readonly Price[]; asOf: string; changed: () => void }) {
  const m = useMessages(messages)
  const { date } = useFormat()
  const viewer = useViewer()
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase()
  return (
    <Stack gap={6}>
      {viewer.may('settings:read') && <OwnPrices changed={changed} />}
      <Card title={m.chart} lead={m.pricesLead(date(asOf))}>
        <TextField
          label={m.searchModel}
          labelHidden
          placeholder={m.searchModel}
          type="search"
          value={text}
          onChange={setText}
        />
        <PriceTable prices={prices.filter(({ model }) => model.toLowerCase().includes(wanted))} />
      </Card>
    </Stack>
  )
}

function PriceTable({ prices }: { prices: readonly Price[] }) {
  const m = useMessages(messages)
  const { moneyMicros, date } = useFormat()
  const dearest = Math.max(1, ...prices.map(({ outputMicros }) => outputMicros))
  return (
    // biome-ignore-start lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached
    // biome-ignore-start lint/a11y/useSemanticElements: a fieldset is for what is filled in
    <div className="ai-prices" role="group" tabIndex={0} aria-label={m.chart}>
      <table>
        <thead>
          <tr>
            <th scope="col">{m.model}</th>
            <th scope="col">{m.input}</th>
            <th scope="col">{m.cachedInput}</th>
            <th scope="col">{m.output}</th>
            <th scope="col">{m.source}</th>
          </tr>
        </thead>
        <tbody>
          {prices.map(({ model, inputMicros, cachedInputMicros, outputMicros, asOf }) => (
            <tr key={model}>
              <th scope="row">{model}</th>
              <td>{moneyMicros(inputMicros)}</td>
              <td>{moneyMicros(cachedInputMicros)}</td>
              <td>
                {moneyMicros(outputMicros)}
                <span
                  className="ai-price-bar"
                  style={{ width: `${(outputMicros / dearest) * 100}%` }}
                  aria-hidden="true"
                />
              </td>
              <td className="e-muted">{asOf ? m.listed(date(asOf)) : m.yours}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
    // biome-ignore-end lint/a11y/useSemanticElements: see above
    // biome-ignore-end lint/a11y/noNoninteractiveTabindex: see above
  )
}
