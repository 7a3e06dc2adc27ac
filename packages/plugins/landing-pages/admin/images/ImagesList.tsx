import {
  Button,
  Dialog,
  daysOf,
  EmptyState,
  List,
  mutate,
  Note,
  orderOf,
  PageFrame,
  TextArea,
  TextField,
  TimeAgo,
  useFormat,
  useMessages,
  useMutation,
  useViewer,
} from '@espalier/admin-kit'
import { Image, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { ImageLibraryQuery } from '../graphql/graphql.ts'
import { graphql } from '../graphql/index.ts'
import { messages } from '../list/messages.ts'
import { imagesPage } from '../pages.ts'
import { UploadButton } from './UploadButton.tsx'
import '../list/pages.css'

const ImagesDocument = graphql(`
  query ImageLibrary(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $count: Boolean = false
    $filter: ImageFilter
    $orderBy: ImageOrder
  ) {
    images(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
      totalCount @include(if: $count)
      pageInfo { hasNextPage endCursor startCursor }
      nodes { id name alt contentType width height bytes path(width: 320) createdAt }
    }
  }
`)

const UpdateImage = graphql(`
  mutation UpdateImage($id: ID!, $input: UpdateImageInput!) {
    updateImage(id: $id, input: $input) {
      ... on UpdateImageSuccess { data { id name alt } }
      ... on Error { code message }
      ... on InvalidInputError { issues { path message } }
    }
  }
`)

const DeleteImage = graphql(`
  mutation DeleteImage($id: ID!) {
    deleteImage(id: $id) {
      ... on DeleteImageSuccess { data { id } }
      ... on Error { code message }
    }
  }
`)

type LibraryImage = ImageLibraryQuery['images']['nodes'][number]

/** The pictures of the workspace, with what they show. */
export default function ImagesList() {
  const { images: m } = useMessages(messages)
  const { number, bytes } = useFormat()
  const { may } = useViewer()
  const mayWrite = may('pages:write')
  const [edited, setEdited] = useState<LibraryImage>()
  return (
    <PageFrame title={m.title} lead={m.lead} wide actions={mayWrite && <UploadButton several />}>
      <List
        id="landing-pages.images"
        label={m.title}
        page={imagesPage}
        document={ImagesDocument}
        connection={({ images }) => images}
        variables={({ q, sort, filter }) => {
          const created = daysOf(filter.created)
          const orderBy = orderOf(sort, ['NAME', 'BYTES', 'CREATED_AT'])
          return {
            filter: { ...(q?.trim() ? { search: q.trim() } : {}), ...(created ? { createdAt: created } : {}) },
            ...(orderBy ? { orderBy } : {}),
          }
        }}
        search={m.search}
        sort="-CREATED_AT"
        rowLabel={({ name }) => name}
        onOpen={(image) => setEdited(image)}
        columns={[
          {
            id: 'name',
            label: m.name,
            sort: 'NAME',
            width: 260,
            cell: ({ name, path }) => (
              <span className="lp-image">
                <img className="lp-thumb" src={path} alt="" loading="lazy" />
                {name}
              </span>
            ),
          },
          { id: 'alt', label: m.alt, width: 260, cell: ({ alt }) => alt || <em>{m.noAlt}</em> },
          {
            id: 'size',
            label: m.size,
            width: 130,
            fixed: true,
            align: 'end',
            cell: ({ width, height }) => `${number(width)} × ${number(height)}`,
          },
          {
            id: 'file',
            label: m.file,
            sort: 'BYTES',
            sortFirst: 'down',
            width: 110,
            fixed: true,
            align: 'end',
            cell: (image) => bytes(image.bytes),
          },
          {
            id: 'created',
            label: m.created,
            sort: 'CREATED_AT',
            sortFirst: 'down',
            width: 130,
            fixed: true,
            cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
          },
        ]}
        filters={[{ id: 'created', label: m.created, kind: 'date' }]}
        bulk={[
          {
            id: 'delete',
            label: m.delete,
            icon: Trash2,
            danger: true,
            may: mayWrite,
            confirm: { title: m.deleteTitle, body: m.deleteBody, action: m.delete, danger: true },
            run: ({ id }) => mutate(DeleteImage, { id }),
          },
        ]}
        empty={
          <EmptyState icon={Image} title={m.emptyTitle} action={mayWrite && <UploadButton several />}>
            {m.emptyText}
          </EmptyState>
        }
      />
      {edited && (
        <ImageDialog key={edited.id} image={edited} mayWrite={mayWrite} onClose={() => setEdited(undefined)} />
      )}
    </PageFrame>
  )
}

function ImageDialog({ image, mayWrite, onClose }: { image: LibraryImage; mayWrite: boolean; onClose: () => void }) {
  const { images: m } = useMessages(messages)
  const [name, setName] = useState(image.name)
  const [alt, setAlt] = useState(image.alt)
  const [update, { busy, problem }] = useMutation(UpdateImage, { invalidates: ['images'], after: onClose })
  return (
    <Dialog
      open
      onClose={onClose}
      title={m.edit(image.name)}
      actions={
        <>
          <Button onPress={onClose}>{m.cancel}</Button>
          {mayWrite && (
            <Button variant="primary" busy={busy} onPress={() => void update({ id: image.id, input: { name, alt } })}>
              {m.save}
            </Button>
          )}
        </>
      }
    >
      <div className="lp-form">
        <img src={image.path} alt={image.alt} style={{ maxWidth: '100%', maxHeight: '16rem', objectFit: 'contain' }} />
        <TextField label={m.name} value={name} onChange={setName} maxLength={200} readOnly={!mayWrite} />
        <TextArea label={m.alt} value={alt} onChange={setAlt} maxLength={300} readOnly={!mayWrite} />
        {problem && (
          <Note tone="critical" announced>
            {problem.issues[0]?.message ?? problem.message}
          </Note>
        )}
      </div>
    </Dialog>
  )
}
