import { createHash, createHmac } from 'node:crypto'
import {
  ConflictError,
  InvalidInputError,
  NotFoundError,
  type SqlContext,
  sql,
  type Told,
  type WorkspaceContext,
} from '@espalier/core'
import { maxPixels, measure, resize } from './decoder.ts'
import { contentTypeOf, refusalOf } from './imageSignature.ts'
import { type ImageFormat, type ImageWidth, imageFormats, imageWidths } from './imageSizes.ts'
import type { ImageStore } from './imageStore.ts'
import type { ShownImage } from './imageTag.ts'
import { deleteImageFiles } from './jobs.ts'

/** An uploaded image, as the database keeps it. */
export interface Image {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly alt: string
  readonly contentType: string
  readonly width: number
  readonly height: number
  readonly bytes: number
}

/** How a block names an image. Its id is the table's, for content is no place for a schema's ids. */
export function referenceTo({ id, alt, width, height }: Pick<Image, 'id' | 'alt' | 'width' | 'height'>) {
  return { imageId: id, alt, width, height }
}

export interface NewImage {
  readonly name: string
  readonly alt: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Largest width and height, each. Pixels. */
const maxSide = 16_383

const mediaTypes: Record<ImageFormat, string> = { avif: 'image/avif', webp: 'image/webp', jpg: 'image/jpeg' }

/** Takes images in, and makes the sizes in which they are served. */
export class Images {
  readonly #store: ImageStore | undefined
  readonly #secret: Buffer
  readonly #making = new Map<string, Promise<Uint8Array<ArrayBuffer> | undefined>>()

  /**
   * @param store undefined where the installation has none: uploads are refused then
   * @param secret what keys are made with, so that they tell nothing and cannot be guessed
   */
  constructor(store: ImageStore | undefined, secret: Buffer) {
    this.#store = store
    this.#secret = secret
  }

  /**
   * Keeps an image. The same bytes in the same workspace are the same image: the one that is there comes back.
   *
   * @throws InvalidInputError for what is no image, or one that cannot be decoded
   */
  async add(context: WorkspaceContext, { name, alt, bytes }: NewImage): Promise<{ image: Image; added: boolean }> {
    const contentType = contentTypeOf(bytes)
    if (!contentType) throw refused(name, refusalOf(bytes))
    const { width, height, smallest } = await decode(name, bytes)
    const key = this.#key(context.workspaceId, bytes)
    const store = this.#open()
    // Before the transaction, which must not wait for another server.
    await store.write(originalOf(key), bytes, contentType)
    await store.write(sizeOf(key, imageWidths[0], 'webp'), smallest, mediaTypes.webp)
    return context.transaction(async (tx) => {
      await holdKey(tx, key)
      const known = await tx.db.prisma.image.findFirst({ where: { key } })
      if (known) return { image: known, added: false }
      if (!(await store.read(sizeOf(key, imageWidths[0], 'webp'))))
        throw new ConflictError({
          en: `"${name}" was being deleted at the same moment. Upload it again.`,
          fr: `« ${name} » était supprimée au même moment. Envoyez-la de nouveau.`,
        })
      const image = await tx.db.prisma.image.create({
        data: { key, name, alt, contentType, width, height, bytes: bytes.byteLength },
      })
      tx.audit({ resourceType: 'Image', resourceId: image.id, after: image })
      return { image, added: true }
    })
  }

  /** Changes how it is called or described. Pages that show it keep the description that they were given. */
  async update(context: WorkspaceContext, id: string, change: { name?: string; alt?: string }): Promise<Image> {
    return context.transaction(async (tx) => {
      const before = await find(tx, id)
      const after = await tx.db.prisma.image.update({
        where: { workspaceId_id: { workspaceId: tx.workspaceId, id } },
        data: change,
      })
      tx.audit({ resourceType: 'Image', resourceId: id, before, after })
      return after
    })
  }

  /** Removes an image that no page shows; its files go after the commit. @throws NotFoundError, ConflictError while a page shows it */
  async delete(context: WorkspaceContext, id: string): Promise<Image> {
    return context.transaction(async (tx) => {
      const image = await find(tx, id)
      await holdKey(tx, image.key)
      const pages = await usesOf(tx, image)
      if (pages.length > 0)
        throw new ConflictError({
          en: `The image "${image.name}" is shown by: ${pages.join(', ')}. Take it from there and publish, then delete it.`,
          fr: `L’image « ${image.name} » figure sur : ${pages.join(', ')}. Retirez-la de là et publiez, puis supprimez-la.`,
        })
      await tx.db.prisma.image.delete({ where: { workspaceId_id: { workspaceId: tx.workspaceId, id } } })
      tx.audit({ resourceType: 'Image', resourceId: id, before: image })
      await tx.enqueue(deleteImageFiles, { key: image.key })
      return image
    })
  }

  /** Removes the files of an image that is gone, unless it has been uploaded again meanwhile. */
  async deleteFiles(context: WorkspaceContext, key: string): Promise<void> {
    await context.transaction(async (tx) => {
      await holdKey(tx, key)
      if (await tx.db.prisma.image.findFirst({ where: { key } })) return
      await this.#open().delete(filesOf(key))
    })
  }

  /** Removes the files of all images, for a workspace that is deleted. Their rows go after it. */
  async forgetWorkspace(context: SqlContext): Promise<void> {
    const images = await context.db.query<{ key: string }>(sql`select "key" from "Image" order by "id"`)
    for (const { key } of images) await this.#open().delete(filesOf(key))
  }

  /** Images of the workspace by their ids; those that are not there are left out. */
  async read(context: SqlContext, ids: readonly string[]): Promise<ReadonlyMap<string, ShownImage>> {
    if (ids.length === 0) return new Map()
    const rows = await context.db.query<ShownImage & { id: string }>(
      sql`select "id", "key", "width", "height", "alt" from "Image" where "id" = any(${[...ids]}::uuid[])`,
    )
    return new Map(rows.map((row) => [row.id, row]))
  }

  /**
   * An image in a size: made by the first who asks, while others wait for it, and kept.
   *
   * @returns undefined where there is no such image
   */
  async sized(key: string, width: ImageWidth, format: ImageFormat): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const store = this.#store
    if (!store) return undefined
    const path = sizeOf(key, width, format)
    const ready = await store.read(path)
    if (ready) return ready
    const running = this.#making.get(path)
    if (running) return running
    const making = this.#make(store, key, width, format).finally(() => this.#making.delete(path))
    this.#making.set(path, making)
    return making
  }

  async #make(store: ImageStore, key: string, width: ImageWidth, format: ImageFormat) {
    const original = await store.read(originalOf(key))
    if (!original) return undefined
    const bytes = await resize(original, width, format)
    const path = sizeOf(key, width, format)
    await store.write(path, bytes, mediaTypes[format])
    // Deleted while it was made: then this must not be what stays of it.
    if (!(await store.read(originalOf(key)))) {
      await store.delete([path])
      return undefined
    }
    return bytes
  }

  /** The same bytes have another key in another workspace: nobody learns from a key what others have. */
  #key(workspaceId: string, bytes: Uint8Array): string {
    const digest = createHash('sha256').update(bytes).digest()
    return createHmac('sha256', this.#secret)
      .update(workspaceId)
      .update(digest)
      .digest()
      .subarray(0, 24)
      .toString('base64url')
  }

  #open(): ImageStore {
    if (this.#store) return this.#store
    throw new ConflictError({
      en: 'This installation keeps no files. Set ESPALIER_DATA or ESPALIER_FILE_STORE, and start it again.',
      fr: 'Cette installation ne garde pas de fichiers. Définissez ESPALIER_DATA ou ESPALIER_FILE_STORE, puis redémarrez-la.',
    })
  }
}

/** Decodes every pixel once, so that what is kept can be shown. */
async function decode(name: string, bytes: Uint8Array) {
  const { width, height } = await measure(bytes).catch(() => {
    throw refused(name, {
      en: `is damaged, or larger than ${maxPixels / 1_000_000} million pixels. Save it anew, or smaller.`,
      fr: `est abîmée, ou dépasse ${maxPixels / 1_000_000} millions de pixels. Enregistrez-la de nouveau, ou en plus petit.`,
    })
  })
  if (width > maxSide || height > maxSide)
    throw refused(name, {
      en: `is ${width} by ${height} pixels. It may have ${maxSide.toLocaleString('en')} on each side.`,
      fr: `fait ${width} pixels sur ${height}. Chaque côté peut en avoir ${maxSide.toLocaleString('en')}.`,
    })
  const smallest = await resize(bytes, imageWidths[0], 'webp').catch(() => {
    throw refused(name, {
      en: 'is damaged: its pixels cannot be decoded to the end. Save it anew.',
      fr: 'est abîmée : ses pixels ne se décodent pas jusqu’au bout. Enregistrez-la de nouveau.',
    })
  })
  return { width, height, smallest }
}

export function refused(name: string, { en, fr }: Told): InvalidInputError {
  return InvalidInputError.of('file', 'IMAGE_REFUSED', { en: `"${name}" ${en}`, fr: `« ${name} » ${fr}` })
}

/** The original and every size that may have been made of it. */
function filesOf(key: string): string[] {
  return [originalOf(key), ...imageWidths.flatMap((width) => imageFormats.map((format) => sizeOf(key, width, format)))]
}

async function find(tx: WorkspaceContext, id: string): Promise<Image> {
  const image = await tx.db.prisma.image.findFirst({ where: { id } })
  if (!image) throw new NotFoundError('image', id)
  return image
}

/** Held to the end of the transaction: an upload and a deletion of the same image come one after the other. */
async function holdKey(tx: SqlContext, key: string): Promise<void> {
  await tx.db.query(sql`select pg_advisory_xact_lock(hashtextextended(${`image ${key}`}, 0))`)
}

/** Slugs of the pages that show it, as drafts or to the public. */
async function usesOf(tx: SqlContext, { id, key }: Image): Promise<string[]> {
  const rows = await tx.db.query<{ slug: string }>(sql`
    select distinct p."slug" from "Page" p
    join "PageVariant" v on v."workspaceId" = p."workspaceId" and v."pageId" = p."id"
    where concat(v."content"::text, v."published"::text) ~ ${`${id}|${key}`}
    order by 1`)
  return rows.map(({ slug }) => slug)
}

function originalOf(key: string): string {
  return `images/${key}/original`
}

function sizeOf(key: string, width: ImageWidth, format: ImageFormat): string {
  return `images/${key}/${width}.${format}`
}
