import { useFormat } from '@espalier/admin-kit'
import './pages.css'

/** A share beside what it was before. More is better here: conversion, visitors. */
export function Change({ now, before }: { now: number | null | undefined; before: number | null | undefined }) {
  const { change } = useFormat()
  if (now === null || now === undefined || !before) return null
  const by = now / before - 1
  const tone = Math.abs(by) < 0.005 ? 'same' : by > 0 ? 'up' : 'down'
  return (
    <span className="lp-change" data-tone={tone}>
      {change(by, 0)}
    </span>
  )
}
