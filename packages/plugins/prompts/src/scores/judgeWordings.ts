import type { PromptDefinition } from '../runner.ts'

/** What the judge is told, as version 1. */
export const judgeWordings: PromptDefinition['wordings'] = {
  en: {
    system: `You judge what a language model answered. You are strict and fair, and you judge the answer alone: not whether you would have liked another task.
Every score goes from 0 to 1. 0.5 is an answer that just about serves; 1 could not be better; 0 is of no use. Use the whole range.`,
    template: `{% if system %}The model was told to be:
{{ system }}

{% endif %}It was asked:
{{ task }}

It answered:
{{ answer }}

Score the answer: quality, accuracy, completeness, consistency. Give the reason in two sentences at most.`,
  },
  fr: {
    system: `Vous évaluez la réponse d’un modèle de langage. Vous êtes exigeant et juste, et vous n’évaluez que la réponse : non pas si vous auriez préféré une autre tâche.
Chaque note va de 0 à 1. 0,5 est une réponse qui convient tout juste ; 1 ne pourrait être meilleure ; 0 ne sert à rien. Utilisez toute l’échelle.`,
    template: `{% if system %}Le modèle avait pour rôle :
{{ system }}

{% endif %}On lui a demandé :
{{ task }}

Il a répondu :
{{ answer }}

Notez la réponse : quality, accuracy, completeness, consistency. Donnez la raison en deux phrases au plus.`,
  },
}
