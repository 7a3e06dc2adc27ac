import { type Builder, both, prismaList, searchIn, withoutNulls, workspaceNode } from '@espalier/core'
import { z } from 'zod'
import { text } from '../blocks/block.ts'
import { imagePath, widthsFor } from '../images/imageSizes.ts'
import { type Images, referenceTo } from '../images/images.ts'
import { alternativeText } from '../images/imageTag.ts'

const read = { permission: 'pages:read' } as const
const write = { permission: 'pages:write' } as const

export function imageTypes(builder: Builder, { images }: { readonly images: Images }): void {
  const Image = workspaceNode(builder, 'Image', {
    description: 'An uploaded image. `POST /images` takes new ones.',
    authScopes: read,
    subGraphs: both,
    fields: (t) => ({
      name: t.exposeString('name', { description: 'What people here call it: the name of its file.' }),
      alt: t.exposeString('alt', { description: 'What it shows, for people who do not see it.' }),
      contentType: t.exposeString('contentType', { description: 'Of the file that was uploaded, as its bytes say.' }),
      width: t.exposeInt('width', { description: 'Pixels, upright.' }),
      height: t.exposeInt('height', { description: 'Pixels, upright.' }),
      bytes: t.exposeInt('bytes', { description: 'Size of the file that was uploaded.' }),
      path: t.string({
        description: 'Path of the image as WebP, on the address of this installation. It never changes.',
        args: {
          width: t.arg.int({
            defaultValue: 640,
            description: 'Pixels that it is needed in; the next larger size is named.',
          }),
        },
        resolve: ({ key, width }, args) => {
          const sizes = widthsFor(width)
          return imagePath(key, sizes.find((size) => size >= (args.width ?? 640)) ?? sizes.at(-1) ?? 320, 'webp')
        },
      }),
      reference: t.field({
        type: 'JSON',
        description: 'How a block names it: { imageId, alt, width, height }.',
        resolve: referenceTo,
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was uploaded.' }),
    }),
  })

  const list = prismaList(builder, Image, {
    filter: { search: searchIn('name', 'alt'), name: 'text', createdAt: 'dateTime' },
    orderBy: ['createdAt', 'name', 'bytes'],
  })

  builder.queryField('images', (t) =>
    list.field(t, { description: 'Images of the workspace.', authScopes: read, subGraphs: both }),
  )

  const UpdateImageInput = builder.inputType('UpdateImageInput', {
    description: 'A change of how an image is called and described. What is left out stays.',
    subGraphs: both,
    validate: z.looseObject({ name: text(200).nullish(), alt: alternativeText.nullish() }),
    fields: (t) => ({
      name: t.string({ description: 'What people here call it. Example: `Pear, blue`.' }),
      alt: t.string({ description: 'What it shows. Empty for decoration. Example: `A pear on a blue plate`.' }),
    }),
  })

  builder.mutationField('updateImage', (t) =>
    t.field({
      type: Image,
      description: 'Changes how an image is called or described. Pages keep the description that they were given.',
      authScopes: write,
      subGraphs: both,
      args: {
        id: t.arg.globalID({ for: Image, required: true, description: 'The image to change.' }),
        input: t.arg({ type: UpdateImageInput, required: true, description: 'What to change.' }),
      },
      resolve: (_root, { id, input }, ctx) => images.update(ctx, id.id, withoutNulls(input)) as never,
    }),
  )

  builder.mutationField('deleteImage', (t) =>
    t.field({
      type: Image,
      description: 'Removes an image that no page shows.',
      authScopes: write,
      subGraphs: both,
      args: { id: t.arg.globalID({ for: Image, required: true, description: 'The image to remove.' }) },
      resolve: (_root, { id }, ctx) => images.delete(ctx, id.id) as never,
    }),
  )
}
