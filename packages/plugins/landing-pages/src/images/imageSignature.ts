import type { Told } from '@espalier/core'
/** How many of a file's first bytes tell its format. */
export const signatureLength = 32

/**
 * The format of a file by its first bytes, whatever its name says.
 *
 * Sources: ITU T.81 (JPEG), W3C PNG 3, GIF89a, RFC 9649 (WebP), ISO/IEC 23000-22 and AV1 image file format (AVIF).
 */
export function contentTypeOf(bytes: Uint8Array): string | undefined {
  const ascii = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to))
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg'
  if (bytes[0] === 0x89 && ascii(1, 8) === 'PNG\r\n\u001a\n') return 'image/png'
  if (ascii(0, 6) === 'GIF87a' || ascii(0, 6) === 'GIF89a') return 'image/gif'
  if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WEBP') return 'image/webp'
  if (ascii(4, 8) === 'ftyp' && /avif|avis/.test(ascii(8, 32))) return 'image/avif'
  return undefined
}

/** Why a file is not taken, in words for whoever chose it. */
export function refusalOf(bytes: Uint8Array): Told {
  const start = new TextDecoder('latin1')
    .decode(bytes)
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart()
  if (/^<(\?xml|svg|!doctype svg|!--)/i.test(start))
    return {
      en: 'is an SVG or XML file, which may hold scripts. Export it as PNG or WebP.',
      fr: 'est un fichier SVG ou XML, qui peut contenir des scripts. Exportez-le en PNG ou WebP.',
    }
  if (start.slice(4, 8) === 'ftyp' && /hei[cxfms]|mif1/.test(start.slice(8, 32)))
    return {
      en: 'is an HEIC photo. Export it as JPEG, or set the camera to "most compatible".',
      fr: 'est une photo HEIC. Exportez-la en JPEG, ou réglez l’appareil sur « le plus compatible ».',
    }
  if (start.startsWith('%PDF'))
    return { en: 'is a PDF. Export the page as PNG or JPEG.', fr: 'est un PDF. Exportez la page en PNG ou JPEG.' }
  if (bytes.length === 0) return { en: 'is empty.', fr: 'est vide.' }
  return {
    en: 'is no image: its bytes are neither JPEG, PNG, WebP, AVIF nor GIF, whatever its name says.',
    fr: 'n’est pas une image : ses octets ne sont ni JPEG, PNG, WebP, AVIF ni GIF, quoi qu’en dise son nom.',
  }
}
