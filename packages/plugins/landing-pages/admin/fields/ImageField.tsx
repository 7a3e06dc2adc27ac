import { Button, globalId, TextField, useMessages, useQuery } from '@espalier/admin-kit'
import { ImagePlus } from 'lucide-react'
import { useState } from 'react'
import { graphql } from '../graphql/index.ts'
import { ImagePicker, type PickedImage } from '../images/ImagePicker.tsx'
import { messages } from '../messages.ts'
import type { FieldPlace } from './fieldPlace.ts'

const ImageDocument = graphql(`
  query ImageOfField($id: ID!) {
    node(id: $id) { ... on Image { id name path(width: 320) width height } }
  }
`)

/** A picture of the workspace, with what it shows in this place. */
export function ImageField({ label, path, required, value, onChange }: FieldPlace) {
  const m = useMessages(messages)
  const [choosing, setChoosing] = useState(false)
  const image = value as (PickedImage & { src?: string }) | undefined
  const { data } = useQuery(ImageDocument, { id: globalId('Image', image?.imageId ?? '') }, { pause: !image?.imageId })
  const known = data?.node?.__typename === 'Image' ? data.node : undefined
  const source = known?.path ?? image?.src
  return (
    <fieldset className="ed-group">
      <legend>{label}</legend>
      {image && (
        <div className="ed-image">
          {source && <img src={source} alt="" loading="lazy" />}
          <span>{known?.name ?? image.src ?? m.images.gone}</span>
        </div>
      )}
      <div className="ed-pair">
        <Button size="small" icon={ImagePlus} onPress={() => setChoosing(true)}>
          {image ? m.images.replace : m.images.choose}
        </Button>
        {image && !required && (
          <Button size="small" variant="quiet" onPress={() => onChange(undefined)}>
            {m.images.takeAway}
          </Button>
        )}
      </div>
      {image && (
        <TextField
          label={m.images.alt}
          hint={m.images.altHint}
          name={`${path}.alt`}
          maxLength={300}
          value={image.alt}
          onChange={(alt) => onChange({ ...image, alt })}
        />
      )}
      <ImagePicker
        open={choosing}
        onClose={() => setChoosing(false)}
        onPick={(picked) => {
          onChange({ ...picked, alt: image?.alt || picked.alt })
          setChoosing(false)
        }}
      />
    </fieldset>
  )
}
