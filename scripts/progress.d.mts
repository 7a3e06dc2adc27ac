export function openStep(title: string): { done(): void; failed(): void }
export function seconds(since: number): string
