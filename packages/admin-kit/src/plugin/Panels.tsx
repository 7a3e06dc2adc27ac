import { Failure } from '../components/Failure.tsx'
import { Section } from '../components/layout.tsx'
import { Skeleton } from '../components/Skeleton.tsx'
import { useWords } from '../language/language.tsx'
import { Contribution } from './Contribution.tsx'
import { useContributions } from './contributions.tsx'
import { useViewer } from './viewer.tsx'

/**
 * What other plugins add to the page of an object.
 *
 * @param on GraphQL type of the object: "Page"
 * @param id its global id
 */
export function Panels({ on, id }: { on: string; id: string }) {
  const { panels } = useContributions()
  const { may } = useViewer()
  const words = useWords()
  return panels
    .filter((panel) => panel.on === on && may(panel.permission))
    .map((panel) => (
      <Section key={panel.id} title={words(panel.title)}>
        <Contribution
          load={panel.load}
          props={{ id }}
          waiting={<Skeleton height="8rem" />}
          broken={(error, again) => <Failure error={error} again={again} />}
        />
      </Section>
    ))
}
