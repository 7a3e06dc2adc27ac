import { Answer, Dialog, EmptyState, Skeleton, TextField, useMessages, useQuery } from '@espalier/admin-kit'
import { ImageOff } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { graphql } from '../graphql/index.ts'
import { messages } from '../messages.ts'
import { UploadButton } from './UploadButton.tsx'

/** How a block names an image. */
export interface PickedImage {
  readonly imageId?: string
  readonly alt: string
  readonly width?: number
  readonly height?: number
}

const PickableImages = graphql(`
  query PickableImages($search: String) {
    images(first: 48, filter: { search: $search }) {
      nodes { id name alt path(width: 320) reference }
    }
  }
`)

/** One of the workspace's images, or a new one. */
export function ImagePicker({
  open,
  onClose,
  onPick,
}: {
  open: boolean
  onClose: () => void
  onPick: (image: PickedImage) => void
}) {
  const m = useMessages(messages)
  return (
    <Dialog open={open} onClose={onClose} title={m.images.pick} size="large">
      <Choices onPick={onPick} />
    </Dialog>
  )
}

function Choices({ onPick }: { onPick: (image: PickedImage) => void }) {
  const m = useMessages(messages)
  const [text, setText] = useState('')
  const search = useDeferredValue(text.trim())
  const images = useQuery(PickableImages, { search: search === '' ? null : search }, { keep: true })
  return (
    <div className="ed-form">
      <div className="ed-pair">
        <TextField label={m.images.search} labelHidden placeholder={m.images.search} value={text} onChange={setText} />
        <UploadButton onUploaded={(image) => onPick(image)} />
      </div>
      <Answer of={images} skeleton={<Skeleton height="18rem" />}>
        {({ images: { nodes } }) =>
          nodes.length === 0 ? (
            <EmptyState icon={ImageOff} title={search === '' ? m.images.none : m.images.noneFound}>
              {m.images.noneHint}
            </EmptyState>
          ) : (
            <ul className="ed-gallery">
              {nodes.map((image) => (
                <li key={image.id}>
                  <button type="button" onClick={() => onPick(image.reference as PickedImage)}>
                    <img src={image.path} alt="" loading="lazy" />
                    <span>{image.name}</span>
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </div>
  )
}
