import type { ScanState } from "./scans.ts";
import { strings } from "./strings.ts";

const words = strings.progress;

/** What is happening with a scan now, as a sentence. */
export function stateInWords(state: ScanState): string {
  switch (state.step) {
    case "preparing":
      return words.preparing;
    case "offline":
      return words.waitingForNetwork;
    case "sending":
      return words.sending;
    case "queued":
      return words.queued;
    case "reading":
      return words.reading;
    case "slow":
      return words.slow;
    case "done":
      return words.done;
    case "failed":
      return `${words.failed}: ${state.message}`;
  }
}
