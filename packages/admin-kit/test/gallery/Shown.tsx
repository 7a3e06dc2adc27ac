import { Sprout } from 'lucide-react'
import {
  Avatar,
  Badge,
  Button,
  Card,
  CodeBlock,
  Columns,
  CopyField,
  DescriptionList,
  Diff,
  EmptyState,
  Failure,
  JsonView,
  Meter,
  Note,
  ProgressBar,
  Row,
  Section,
  Skeleton,
  Spinner,
  Stack,
  TimeAgo,
  Tooltip,
} from '../../src/index.ts'

const tones = ['neutral', 'positive', 'warning', 'critical', 'info'] as const

export function Shown() {
  return (
    <Section title="What is shown">
      <Row>
        {tones.map((tone) => (
          <Badge key={tone} tone={tone}>
            {tone}
          </Badge>
        ))}
        <Avatar name="Ada Lovelace" named />
        <Avatar name="grace@example.org" named />
        <Spinner />
        <TimeAgo at="2026-01-01T00:00:00Z" />
        <Tooltip content="More about it">
          <Button>Points</Button>
        </Tooltip>
      </Row>
      <Stack gap={2}>
        {tones.map((tone) => (
          <Note key={tone} tone={tone} title={`A note that is ${tone}`} actions={<Button size="small">Do it</Button>}>
            It says what has to be known.
          </Note>
        ))}
      </Stack>
      <Columns>
        <Card title="Card" badge={<Badge>3</Badge>} lead="With a lead">
          <DescriptionList
            items={[
              ['Name', 'Conference'],
              ['Height', '2.4 m'],
              ['Nothing', undefined],
            ]}
          />
        </Card>
        <Card title="Loading">
          <Skeleton />
          <Skeleton height="4rem" />
        </Card>
        <Card title="Bars">
          <ProgressBar label="Import" value={30} valueLabel="30 of 100" />
          <ProgressBar label="Unknown" value={undefined} />
          <Meter label="Budget" value={45} max={50} valueLabel="$45 of $50" tone="warning" marks={[0.8]} />
        </Card>
        <Card title="Empty">
          <EmptyState icon={Sprout} title="No tree yet" action={<Button variant="primary">Plant one</Button>}>
            <p>Trees stand here once they are planted.</p>
          </EmptyState>
        </Card>
        <Card title="Failed">
          <Failure error={{ message: 'The server did not answer.' }} again={() => undefined} />
        </Card>
        <Card title="Forbidden">
          <Failure error={{ code: 'FORBIDDEN', message: 'It takes the permission trees:read.' }} />
        </Card>
      </Columns>
      <CopyField label="Key" value="esp_0123456789" once />
      <CodeBlock label="Snippet" code={'<script src="/t.js"></script>'} />
      <JsonView label="Payload" value={{ name: 'Pear', weights: [1, 2.5], ripe: false, note: null }} />
      <Diff
        label="Differences"
        before={'one\ntwo\nthree pears in a row\nfour\n5\n6\n7\n8\n9\n10\n11\n12\n13'}
        after={'one\ntwo\nthree apples in a row\nfour\n5\n6\n7\n8\n9\n10\n11\n12\n13\nfourteen'}
      />
    </Section>
  )
}
