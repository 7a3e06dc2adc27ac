/** A turning sign that something is under way. Says nothing by itself: whoever shows it does. */
export function Spinner() {
  return <span className="e-spinner" aria-hidden="true" />
}
