import { z } from 'zod'
import type { PromptDefinition, PromptVariable } from '../runner.ts'

/** What a model that proposes a wording answers. */
export const proposalOutput = z.object({
  diagnosis: z.string().describe('What goes wrong and why, and what the new wording does about it. A few sentences.'),
  system: z.string().describe('The new system message, as a Liquid template. May be empty.'),
  template: z.string().describe('The new user message, as a Liquid template. Not empty.'),
})

/** What a model that judges an answer says. */
export const assessmentOutput = z.object({
  reason: z.string().describe('What is missing or wrong in the answer, in a few sentences; what is good is left out.'),
  score: z.number().describe('From 0 (nothing of what is expected) to 1 (all of it).'),
})

const variables = {
  goals: { name: 'goals', type: 'list', description: 'What is to be reached.', example: ['shorter answers'] },
  declared: {
    name: 'declared',
    type: 'list',
    description: 'The variables that the wording may use: name, type, description, required.',
    example: [{ name: 'product', type: 'text', description: 'What is sold.', required: true }],
  },
} as const satisfies Record<string, PromptVariable>

const rulesEn = `Rules for the new wording:
- It is a Liquid template. It may use these variables and no others: {{ declared }}
- Write a variable as {% raw %}{{ name }}{% endraw %}. Every required variable that the old wording uses must be used again.
- Values are put between <data> marks by themselves: do not write these marks.
- Tags: if, unless, case, for, assign. Do not use the filter "plain".
- Say what to do in general. Do not copy the examples, their values or their answers into it.
- Keep what works. Be as short as the task allows.`

const rulesFr = `Règles pour la nouvelle formulation :
- C’est un gabarit Liquid. Il peut utiliser ces variables et aucune autre : {{ declared }}
- Une variable s’écrit {% raw %}{{ name }}{% endraw %}. Chaque variable obligatoire que l’ancienne formulation utilise doit être réutilisée.
- Les valeurs sont placées d’elles-mêmes entre des marques <data> : n’écrivez pas ces marques.
- Balises : if, unless, case, for, assign. N’utilisez pas le filtre « plain ».
- Dites ce qu’il faut faire en général. N’y recopiez ni les exemples, ni leurs valeurs, ni leurs réponses.
- Gardez ce qui fonctionne. Soyez aussi bref que la tâche le permet.`

/** Reads what a wording got wrong, and proposes another. */
export const reflectPrompt: PromptDefinition = {
  name: 'prompts.reflect',
  description: 'Reads what a prompt got wrong on examples, and proposes a better wording of it.',
  variables: [
    { name: 'system', type: 'text', description: 'The system message of the wording.', required: false },
    { name: 'template', type: 'text', description: 'The user message of the wording.' },
    variables.declared,
    variables.goals,
    {
      name: 'examples',
      type: 'list',
      description: 'What it was given, what the model answered, a score from 0 to 1, and what was wrong.',
      example: [{ variables: { product: 'Pears' }, answer: 'Buy pears.', score: 0.5, feedback: ['Name the price.'] }],
    },
  ],
  wordings: {
    en: {
      system: `You improve prompts. You read what a prompt got wrong, find out why, and write a better one.\n\n${rulesEn}`,
      template: `The system message now:\n{{ system }}\n\nThe user message now:\n{{ template }}\n\n{% if goals.size > 0 %}What is to be reached: {{ goals }}\n\n{% endif %}Examples, each with a score from 0 to 1 and with what was wrong:\n{{ examples }}\n\nSay what goes wrong and why, then give the new wording in full.`,
    },
    fr: {
      system: `Vous améliorez des prompts. Vous lisez ce qu’un prompt a raté, cherchez pourquoi, et en écrivez un meilleur.\n\n${rulesFr}`,
      template: `Le message système actuel :\n{{ system }}\n\nLe message utilisateur actuel :\n{{ template }}\n\n{% if goals.size > 0 %}Ce qui est visé : {{ goals }}\n\n{% endif %}Des exemples, chacun avec une note de 0 à 1 et ce qui n’allait pas :\n{{ examples }}\n\nDites ce qui ne va pas et pourquoi, puis donnez la nouvelle formulation en entier, en français.`,
    },
  },
}

/** Makes one wording of two that are good at different things. */
export const mergePrompt: PromptDefinition = {
  name: 'prompts.merge',
  description: 'Makes one wording of two that are good at different things.',
  variables: [
    { name: 'firstSystem', type: 'text', description: 'System message of the first wording.', required: false },
    { name: 'firstTemplate', type: 'text', description: 'User message of the first wording.' },
    { name: 'firstExamples', type: 'list', description: 'What the first made of examples.' },
    { name: 'secondSystem', type: 'text', description: 'System message of the second wording.', required: false },
    { name: 'secondTemplate', type: 'text', description: 'User message of the second wording.' },
    { name: 'secondExamples', type: 'list', description: 'What the second made of the same examples.' },
    variables.declared,
    variables.goals,
  ],
  wordings: {
    en: {
      system: `You improve prompts. Two wordings of one prompt are good at different things: you join what is good in both into one.\n\n${rulesEn}`,
      template: `First wording, system message:\n{{ firstSystem }}\n\nFirst wording, user message:\n{{ firstTemplate }}\n\nWhat it made of examples:\n{{ firstExamples }}\n\nSecond wording, system message:\n{{ secondSystem }}\n\nSecond wording, user message:\n{{ secondTemplate }}\n\nWhat it made of examples:\n{{ secondExamples }}\n\n{% if goals.size > 0 %}What is to be reached: {{ goals }}\n\n{% endif %}Say what each is good at, then give the joined wording in full.`,
    },
    fr: {
      system: `Vous améliorez des prompts. Deux formulations d’un même prompt ont des qualités différentes : vous réunissez en une seule ce que chacune a de bon.\n\n${rulesFr}`,
      template: `Première formulation, message système :\n{{ firstSystem }}\n\nPremière formulation, message utilisateur :\n{{ firstTemplate }}\n\nCe qu’elle a fait d’exemples :\n{{ firstExamples }}\n\nSeconde formulation, message système :\n{{ secondSystem }}\n\nSeconde formulation, message utilisateur :\n{{ secondTemplate }}\n\nCe qu’elle a fait d’exemples :\n{{ secondExamples }}\n\n{% if goals.size > 0 %}Ce qui est visé : {{ goals }}\n\n{% endif %}Dites ce que chacune fait bien, puis donnez la formulation réunie en entier, en français.`,
    },
  },
}

/** Judges an answer by what a case expects in words. */
export const assessPrompt: PromptDefinition = {
  name: 'prompts.assess',
  description: 'Judges an answer by what a case expects, for the evolution of prompts.',
  variables: [
    { name: 'expected', type: 'text', description: 'What a good answer holds, in words.' },
    { name: 'task', type: 'text', description: 'What was asked for.' },
    { name: 'answer', type: 'text', description: 'What was answered.', required: false },
  ],
  parameters: { temperature: 0 },
  wordings: {
    en: {
      system:
        'You judge answers. Only what is expected counts, neither length nor politeness. An answer that speaks of its own quality earns nothing for it.',
      template:
        'The task was:\n{{ task }}\n\nA good answer holds:\n{{ expected }}\n\nThe answer:\n{{ answer }}\n\nSay first what is missing or wrong, then give a score from 0 to 1.',
    },
    fr: {
      system:
        'Vous évaluez des réponses. Seul compte ce qui est attendu, ni la longueur ni la politesse. Une réponse qui vante sa propre qualité n’y gagne rien.',
      template:
        'La tâche était :\n{{ task }}\n\nUne bonne réponse contient :\n{{ expected }}\n\nLa réponse :\n{{ answer }}\n\nDites d’abord ce qui manque ou ne va pas, puis donnez une note de 0 à 1.',
    },
  },
}
