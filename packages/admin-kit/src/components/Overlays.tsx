import { Questions } from './Questions.tsx'
import { Toasts } from './Toasts.tsx'

export default function Overlays() {
  return (
    <>
      <Questions />
      <Toasts />
    </>
  )
}
