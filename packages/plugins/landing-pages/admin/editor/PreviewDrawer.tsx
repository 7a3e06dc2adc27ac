import {
  Answer,
  Badge,
  Button,
  CopyField,
  Drawer,
  Note,
  Skeleton,
  TimeAgo,
  useFormat,
  useMessages,
  useMutation,
  useQuery,
} from '@espalier/admin-kit'
import { Link2 } from 'lucide-react'
import { useState } from 'react'
import { graphql } from '../graphql/index.ts'
import { messages } from '../messages.ts'
import type { EditedVariant } from './PageEditor.tsx'

const PreviewsDocument = graphql(`
  query PreviewsOfVariant($variantId: ID!) {
    pagePreviews(first: 20, filter: { variantId: [$variantId] }) {
      nodes { id createdByName createdAt expiresAt revokedAt active }
    }
  }
`)

const CreatePreview = graphql(`
  mutation CreatePreviewLink($variantId: ID!) {
    createPreviewLink(variantId: $variantId) {
      ... on CreatePreviewLinkSuccess { data { url expiresAt preview { id active } } }
      ... on Error { code message }
    }
  }
`)

const RevokePreview = graphql(`
  mutation RevokePreviewLink($id: ID!) {
    revokePreviewLink(id: $id) {
      ... on RevokePreviewLinkSuccess { data { id revokedAt active } }
      ... on Error { code message }
    }
  }
`)

/** Links that show the draft to people without an account. */
export function PreviewDrawer({
  open,
  onClose,
  variant,
  flush,
}: {
  open: boolean
  onClose: () => void
  variant: EditedVariant
  flush: () => Promise<boolean>
}) {
  const { preview: m } = useMessages(messages)
  return (
    <Drawer open={open} onClose={onClose} title={m.title}>
      {open && <Links variant={variant} flush={flush} />}
    </Drawer>
  )
}

function Links({ variant, flush }: { variant: EditedVariant; flush: () => Promise<boolean> }) {
  const { preview: m } = useMessages(messages)
  const { dateTime } = useFormat()
  const [url, setUrl] = useState<string>()
  const previews = useQuery(PreviewsDocument, { variantId: variant.id })
  const [create, creating] = useMutation(CreatePreview, { invalidates: ['pagePreviews'] })
  const [revoke, revoking] = useMutation(RevokePreview)
  const problem = creating.problem ?? revoking.problem
  return (
    <div className="ed-form">
      <p className="ed-quiet">{m.lead}</p>
      <Button
        variant="primary"
        icon={Link2}
        busy={creating.busy}
        onPress={async () => {
          await flush()
          const { data } = await create({ variantId: variant.id })
          if (data) setUrl(data.url)
        }}
      >
        {m.create}
      </Button>
      {problem && (
        <Note tone="critical" announced>
          {problem.message}
        </Note>
      )}
      {url && (
        <>
          <CopyField label={m.link} value={url} once />
          <a href={url} target="_blank" rel="noreferrer">
            {m.open}
          </a>
        </>
      )}
      <h3>{m.made}</h3>
      <Answer of={previews} skeleton={<Skeleton height="6rem" />}>
        {({ pagePreviews: { nodes } }) =>
          nodes.length === 0 ? (
            <p className="ed-quiet">{m.none}</p>
          ) : (
            <ul className="ed-links">
              {nodes.map(({ id, createdByName, createdAt, expiresAt, revokedAt, active }) => (
                <li key={id}>
                  <span>
                    {createdByName}, <TimeAgo at={createdAt} />
                    <small>{revokedAt ? m.revoked : active ? m.until(dateTime(expiresAt)) : m.expired}</small>
                  </span>
                  {active ? (
                    <Button size="small" variant="danger" onPress={() => void revoke({ id })}>
                      {m.revoke}
                    </Button>
                  ) : (
                    <Badge>{m.over}</Badge>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </div>
  )
}
