/** The value below which the given part (0 to 1) of the figures lie; NaN of none. */
export function percentile(figures: readonly number[], part: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

export const median = (figures: readonly number[]): number => percentile(figures, 0.5);
