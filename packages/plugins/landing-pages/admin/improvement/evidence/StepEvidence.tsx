import { useMessages } from '@espalier/admin-kit'
import type { ReactNode } from 'react'
import type { Step } from '../step.ts'
import { BriefEvidence } from './BriefEvidence.tsx'
import { CandidateEvidence } from './CandidateEvidence.tsx'
import { GuardEvidence } from './GuardEvidence.tsx'
import { HealthEvidence } from './HealthEvidence.tsx'
import { MeasurementEvidence } from './MeasurementEvidence.tsx'
import { evidenceMessages } from './messages.ts'
import { PatternEvidence } from './PatternEvidence.tsx'
import { RecordEvidence } from './RecordEvidence.tsx'
import { RetirementEvidence } from './RetirementEvidence.tsx'
import { evidence, readEvidence } from './read.ts'
import { HeldEvidence, IntroductionEvidence, ShareEvidence } from './ShareEvidence.tsx'
import { SupportEvidence } from './SupportEvidence.tsx'

/** What a step rests on, drawn where it can be, and in words. */
export function StepEvidence({ step }: { step: Step }) {
  const m = useMessages(evidenceMessages)
  return drawn(step) ?? <p className="e-muted">{m.saysItAll}</p>
}

/** Whether there is anything to show beside the sentence. */
export function hasEvidence(step: Step): boolean {
  return drawn(step) !== undefined
}

function drawn(step: Step): ReactNode | undefined {
  const { kind, evidence: found } = step
  switch (kind) {
    case 'measurement': {
      const read = readEvidence(evidence.measurement, found)
      return read && <MeasurementEvidence variants={read.variants} />
    }
    case 'problem': {
      const read = readEvidence(evidence.problem, found)
      return read?.exposures === undefined ? undefined : <HealthEvidence of={read} />
    }
    case 'patterns': {
      const read = readEvidence(evidence.patterns, found)
      return read && <PatternEvidence of={read} labels={step.featureLabels} />
    }
    case 'promotion':
    case 'brake': {
      const guard = readEvidence(evidence.guard, found)
      if (guard) return <GuardEvidence of={guard} at={step.at} />
      const held = readEvidence(evidence.held, found)
      if (held) return <HeldEvidence of={held} />
      const share = readEvidence(evidence.share, found)
      return share && <ShareEvidence of={share} />
    }
    case 'retirement': {
      const read = readEvidence(evidence.retirement, found)
      return read && <RetirementEvidence of={read} />
    }
    case 'record': {
      const read = readEvidence(evidence.record, found)
      return read && <RecordEvidence of={read} />
    }
    case 'support': {
      const read = readEvidence(evidence.support, found)
      return read && <SupportEvidence of={read} />
    }
    case 'brief': {
      const read = readEvidence(evidence.brief, found)
      return read && <BriefEvidence of={read} labels={step.featureLabels} />
    }
    case 'candidate': {
      const read = readEvidence(evidence.candidate, found)
      return read && <CandidateEvidence of={read} candidate={step.candidate} />
    }
    case 'introduction': {
      const read = readEvidence(evidence.introduction, found)
      return read && <IntroductionEvidence of={read} />
    }
    default:
      return undefined
  }
}
