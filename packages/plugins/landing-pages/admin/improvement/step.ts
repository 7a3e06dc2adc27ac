import type { Tone } from '@espalier/admin-kit'
import {
  BadgeAlert,
  FileText,
  FlaskConical,
  Gauge,
  Lightbulb,
  type LucideIcon,
  Medal,
  OctagonMinus,
  Scale,
  Sparkles,
  TrendingDown,
  TrendingUp,
  Undo2,
} from 'lucide-react'
import type { LoopCandidateFragment, LoopStepFragment } from '../graphql/graphql.ts'

export type Step = LoopStepFragment
export type Candidate = LoopCandidateFragment

const icons: Record<string, LucideIcon> = {
  measurement: Gauge,
  problem: BadgeAlert,
  patterns: Lightbulb,
  promotion: TrendingUp,
  brake: TrendingDown,
  retirement: OctagonMinus,
  record: Medal,
  support: Scale,
  brief: FileText,
  candidate: FlaskConical,
  introduction: Sparkles,
  undo: Undo2,
}

export function iconOf({ kind }: Pick<Step, 'kind'>): LucideIcon {
  return icons[kind] ?? Gauge
}

/** Whether it is good news, a warning, or something that waits. */
export function toneOf({ kind, status }: Pick<Step, 'kind' | 'status'>): Tone {
  if (status === 'waiting') return 'warning'
  if (status !== 'done') return 'neutral'
  if (kind === 'problem') return 'critical'
  if (kind === 'record' || kind === 'promotion' || kind === 'introduction') return 'positive'
  if (kind === 'brake' || kind === 'retirement') return 'warning'
  return 'neutral'
}

/** What is done by itself is signed with the name of a job, which tells people nothing. */
export function personOf({ actorName }: Pick<Step, 'actorName'>): string | undefined {
  return actorName && !actorName.startsWith('landing-pages.') ? actorName : undefined
}
