import type { ReactNode } from 'react'
import { Tabs as AriaTabs, Tab, TabList, TabPanel } from 'react-aria-components'
import './Tabs.css'

/** A tab with its words and what it shows. */
export interface TabItem<Id extends string> {
  readonly id: Id
  readonly label: string
  /** A count or a sign behind the label. */
  readonly badge?: ReactNode
  /** Drawn only while the tab is shown. */
  readonly content: ReactNode
}

/** Parts of a page of which one is shown. Which one belongs into the address: `value={search.tab}`. */
export function Tabs<Id extends string>({
  label,
  tabs,
  value,
  onChange,
}: {
  /** Read out: what they are parts of. */
  label: string
  tabs: readonly TabItem<Id>[]
  value: Id
  onChange: (value: Id) => void
}) {
  return (
    <AriaTabs
      className="e-tabs"
      selectedKey={value}
      onSelectionChange={(key) => {
        const chosen = tabs.find(({ id }) => id === key)
        if (chosen) onChange(chosen.id)
      }}
    >
      <TabList aria-label={label} className="e-tab-list">
        {tabs.map((tab) => (
          <Tab key={tab.id} id={tab.id} className="e-tab">
            {tab.label}
            {tab.badge}
          </Tab>
        ))}
      </TabList>
      {tabs.map((tab) => (
        <TabPanel key={tab.id} id={tab.id} className="e-tab-panel">
          {tab.content}
        </TabPanel>
      ))}
    </AriaTabs>
  )
}
