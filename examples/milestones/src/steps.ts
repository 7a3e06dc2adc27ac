/** The milestones that every page has. */
const first = [1, 10, 100]

/** Whether the n-th goal is one to celebrate: the first, the tenth, the hundredth, and then every so many. */
export function isMilestone(goals: number, every: number): boolean {
  return first.includes(goals) || (goals > 100 && goals % every === 0)
}

/** The next milestone after so many goals. */
export function nextMilestone(goals: number, every: number): number {
  const near = first.find((step) => step > goals)
  return near ?? Math.max(1, Math.floor(goals / every) + 1) * every
}
