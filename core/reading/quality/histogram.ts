/** How many of some whole numbers from 0 to 255 have each value: quantiles without sorting. */
export class Histogram {
  readonly #counts = new Uint32Array(256);
  #total = 0;

  add(value: number): void {
    this.#counts[value] = (this.#counts[value] ?? 0) + 1;
    this.#total += 1;
  }

  /** The least value that at least this part (0 to 1) of all values do not exceed; 0 of none. */
  quantile(part: number): number {
    let below = 0;
    for (let value = 0; value < 256; value += 1) {
      below += this.#counts[value] ?? 0;
      if (below >= part * this.#total) return value;
    }
    return 255;
  }
}
