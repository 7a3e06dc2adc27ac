import { type Language, useLanguage } from './language.tsx'

/** What a folder of pages says, in every language, in one shape. */
export type Messages<Shape> = Readonly<Record<Language, Shape>>

/**
 * Declares what pages say. A value is a text, or a function from figures to a text. English sets the shape:
 * another language that lacks a key or has one too many does not compile.
 */
export function defineMessages<Shape extends object>(messages: {
  readonly en: Shape
  readonly fr: NoInfer<Shape>
}): Messages<Shape> {
  return messages
}

/** The messages of the language that the person reads. */
export function useMessages<Shape>(messages: Messages<Shape>): Shape {
  return messages[useLanguage().language]
}
