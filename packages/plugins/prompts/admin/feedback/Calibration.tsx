import { Card, DescriptionList, IntervalChart, useFormat, useMessages, useQuery } from '@espalier/admin-kit'
import { CalibrationDocument } from './documents.ts'
import { messages } from './messages.ts'

/** What came true of predictions that were about as sure. Nothing before the first is settled. */
export function Calibration() {
  const m = useMessages(messages)
  const { number, percent } = useFormat()
  const query = useQuery(CalibrationDocument, {})
  const calibration = query.data?.feedbackCalibration
  if (!calibration || calibration.bins.length === 0) return null
  const { bins, brierScore, calibrationError, notes } = calibration
  return (
    <Card title={m.calibration} lead={m.calibrationLead}>
      <p>{notes}</p>
      <IntervalChart
        label={m.calibration}
        name={m.confidence}
        interval={m.cameTrue}
        formatValue={(share) => percent(share, 0)}
        reference={{ value: 0.5 }}
        columns={[m.said]}
        rows={bins.map(({ from, to, predictions, meanConfidence, cameTrue, lower, upper }) => ({
          id: String(from),
          label: m.bin(percent(from, 0), percent(to, 0)),
          detail: m.predictions(number(predictions)),
          estimate: cameTrue,
          interval: { lower, upper },
          cells: [percent(meanConfidence, 0)],
        }))}
      />
      <DescriptionList
        items={[
          brierScore !== null && [m.brier, `${number(brierScore, 3)} (${m.brierHint})`],
          calibrationError !== null && [m.error, percent(calibrationError)],
        ]}
      />
    </Card>
  )
}
