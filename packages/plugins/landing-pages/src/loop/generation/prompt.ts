import type { PromptDefinition } from '@espalier/prompts'

/** What a model is told that writes a version of a page. */
export const writeVariantPrompt: PromptDefinition = {
  name: 'landing-pages.write-variant',
  description: 'Writes a new version of a landing page from what is known of its visitors.',
  variables: [
    {
      name: 'brief',
      type: 'text',
      description: 'What is known of the page and its visitors, and what is to be kept to, as JSON.',
    },
    { name: 'parent', type: 'text', description: 'The version that it comes from, as JSON in the data shape of Puck.' },
    { name: 'blocks', type: 'text', description: 'The kinds of blocks with the JSON Schema of their props.' },
    { name: 'number', type: 'number', description: 'The how manieth version of this turn it is, from 1.', example: 1 },
    {
      name: 'language',
      type: 'text',
      description: 'The language of the page, by its English name: the English wording is for all but French ones.',
      example: 'English',
    },
    {
      name: 'before',
      type: 'text',
      description: 'What the versions before it in this turn set out to do; empty for the first.',
      required: false,
    },
  ],
  wordings: {
    en: {
      system: 'You write versions of landing pages that are tried out on real visitors. You answer with JSON alone.',
      template: `Write version {{ number }} of the page below, in {{ language }}, so that more visitors reach its goal. One clear idea, carried through: a headline, an order of blocks, a way to say what is offered. Say in "rationale", in a sentence or two, what you changed and why.

Keep, word for word: forms, prices and plans, the footer, what customers say, every goal with its link. Use no link, image or number that the page does not have. Make no claim that the page does not make. Every fact in requiredFacts has to stand there word for word; nothing in forbiddenWords and forbiddenClaims may. "Hero" and "Footer" stand in the page itself. Every block keeps its props.id; a new one has an id of its own.

What is known (effects are changes of the log odds of converting; only what is listed under patterns can be told from chance):
{{ brief }}

The version that it comes from:
{{ parent }}

The kinds of blocks:
{{ blocks }}
{% if before != blank %}
Versions of this turn so far; do something else:
{{ before }}
{% endif %}`,
    },
    fr: {
      system:
        'Vous écrivez des versions de pages d’atterrissage, essayées sur de vrais visiteurs. Vous répondez uniquement en JSON.',
      template: `Écrivez la version {{ number }} de la page ci-dessous, en français, afin que davantage de visiteurs atteignent son objectif. Une seule idée claire, menée jusqu’au bout : un titre, un ordre des blocs, une façon de dire l’offre. Dites dans « rationale », en une phrase ou deux, ce que vous avez changé et pourquoi.

Gardez mot pour mot : les formulaires, les prix et formules, le pied de page, les témoignages, chaque objectif avec son lien. N’utilisez aucun lien, image ou nombre que la page n’a pas. N’affirmez rien que la page n’affirme pas. Chaque fait de requiredFacts doit y figurer mot pour mot ; rien de forbiddenWords ni de forbiddenClaims. « Hero » et « Footer » se placent dans la page elle-même. Chaque bloc garde son props.id ; un nouveau bloc a le sien.

Ce que l’on sait (les effets sont des variations du logarithme des chances de convertir ; seul ce qui figure sous patterns se distingue du hasard) :
{{ brief }}

La version dont elle part :
{{ parent }}

Les types de blocs :
{{ blocks }}
{% if before != blank %}
Versions de ce tour jusqu’ici ; faites autre chose :
{{ before }}
{% endif %}`,
    },
  },
  parameters: { temperature: 0.9, maxOutputTokens: 8_000 },
}
