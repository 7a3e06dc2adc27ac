import { AddressLink } from '@espalier/admin-kit'

/** What a report says, each with the way to where it comes from. */
export function ReportSections({
  sections,
}: {
  sections: readonly { name: string; heading: string; items: readonly { text: string; link: string }[] }[]
}) {
  return (
    <div className="operations-report">
      {sections.map(({ name, heading, items }) => (
        <section key={name} aria-label={heading}>
          <h3>{heading}</h3>
          <ul>
            {items.map(({ text, link }) => (
              <li key={text}>{link ? <AddressLink address={link}>{text}</AddressLink> : text}</li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}
