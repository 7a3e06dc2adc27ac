import { said } from '@espalier/core'
import { z } from 'zod'
import { listOf, text } from '../blocks/block.ts'
import { named } from '../blocks/fieldWords.ts'

/** A field that people do not see and leave empty; who fills it in is a program. Named so that programs like it. */
export const trapName = 'homepage_url'

/** A field of a form. */
export const formField = z
  .object({
    /** Under which its value is kept: "email". */
    name: named(
      z
        .string()
        .regex(
          /^[a-z][a-z0-9_-]{0,39}$/,
          said({
            en: 'takes lower-case letters, digits, hyphens and _, at most 40, and starts with a letter',
            fr: 'n’admet que minuscules, chiffres, tirets et _, 40 au plus, et commence par une lettre',
          }),
        )
        .refine(
          (name) => name !== trapName,
          said({
            en: `is "${trapName}", which the trap for programs is named`,
            fr: `est « ${trapName} », le nom du piège à robots`,
          }),
        ),
      { en: 'Name in the data', fr: 'Nom dans les données' },
      {
        hint: {
          en: 'Lower-case, such as “email”: submissions and exports use it.',
          fr: 'En minuscules, comme « email » : les envois et les exports l’utilisent.',
        },
      },
    ),
    label: named(text(300), { en: 'Question', fr: 'Question' }),
    type: named(
      z.enum(['text', 'email', 'tel', 'url', 'number', 'date', 'textarea', 'select', 'radio', 'checkbox']),
      { en: 'Kind', fr: 'Type' },
      {
        options: {
          text: { en: 'Line of text', fr: 'Ligne de texte' },
          email: { en: 'E-mail address', fr: 'Adresse e-mail' },
          tel: { en: 'Telephone', fr: 'Téléphone' },
          url: { en: 'Web address', fr: 'Adresse web' },
          number: { en: 'Number', fr: 'Nombre' },
          date: { en: 'Date', fr: 'Date' },
          textarea: { en: 'Long text', fr: 'Texte long' },
          select: { en: 'Choice from a list', fr: 'Choix dans une liste' },
          radio: { en: 'Choice, all shown', fr: 'Choix, tous affichés' },
          checkbox: { en: 'Box to tick', fr: 'Case à cocher' },
        },
      },
    ).default('text'),
    required: named(z.boolean(), { en: 'Required', fr: 'Obligatoire' }).default(true),
    hint: named(text(300), { en: 'Hint', fr: 'Indication' }).optional(),
    /** Of a select or radio. */
    options: named(
      listOf(text(120), 100).refine(
        (options) => new Set(options).size === options.length,
        said({ en: 'has the same option twice', fr: 'a deux fois la même option' }),
      ),
      { en: 'What to choose from', fr: 'Les choix' },
    ).default([]),
    /** Characters. */
    maxLength: named(
      z
        .int(said({ en: 'is not a whole number', fr: 'n’est pas un nombre entier' }))
        .gte(1, said({ en: 'is less than 1', fr: 'est inférieur à 1' }))
        .lte(5_000, said({ en: 'is more than 5,000', fr: 'dépasse 5 000' })),
      {
        en: 'Characters at most',
        fr: 'Caractères au plus',
      },
    ).default(500),
    /** What browsers fill in by themselves: a token of HTML's `autocomplete`, WCAG 1.3.5. */
    autocomplete: named(
      z.enum([
        'name',
        'given-name',
        'family-name',
        'email',
        'tel',
        'organization',
        'organization-title',
        'street-address',
        'postal-code',
        'address-level2',
        'country-name',
        'url',
      ]),
      { en: 'What browsers fill in', fr: 'Ce que le navigateur remplit' },
    ).optional(),
  })
  .refine(({ type, options }) => (type !== 'select' && type !== 'radio') || options.length > 0, {
    path: ['options'],
    message: said({ en: 'is empty, but people are to choose from it', fr: 'est vide, alors qu’il faut y choisir' }),
  })

export type FormField = z.output<typeof formField>
