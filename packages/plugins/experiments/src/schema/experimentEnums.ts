import { type Builder, both } from '@espalier/core'

/** Where experiments are, and what they are for. */
export function experimentEnums(builder: Builder) {
  const ExperimentStatus = builder.enumType('ExperimentStatus', {
    description: 'Where an experiment is in its life.',
    subGraphs: both,
    values: {
      DRAFT: { value: 'draft', description: 'It can be changed; nobody is assigned.' },
      RUNNING: { value: 'running', description: 'Subjects are assigned and counted.' },
      PAUSED: { value: 'paused', description: 'Nobody is assigned and nothing is counted until it is resumed.' },
      COMPLETED: {
        value: 'completed',
        description: 'Its counts no longer move; everyone gets the winner, where there is one.',
      },
      ARCHIVED: { value: 'archived', description: 'Put away; its results stay, and so does its winner.' },
    } as const,
  })
  const ExperimentKind = builder.enumType('ExperimentKind', {
    description: 'What an experiment is for.',
    subGraphs: both,
    values: {
      TEST: { value: 'test', description: 'Its weights stay until a person changes them; a verdict ends it.' },
      BANDIT: { value: 'bandit', description: 'Its weights follow what each variant earns.' },
      HOLDOUT: {
        value: 'holdout',
        description: 'Holds subjects back from the experiments that name it, to measure what those do together.',
      },
    } as const,
  })
  return { ExperimentStatus, ExperimentKind }
}
