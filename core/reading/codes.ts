import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Code } from "../../contract/reading.ts";
import type { Grey } from "./picture.ts";

export type CodesQuestion = { id: number; picture: Grey };
export type CodesAnswer = { id: number; codes: Code[] };

export type CodeReader = {
  /**
   * QR codes and barcodes on the picture, in its pixels.
   * @throws what ended the thread that looked for them; the next picture is given to a new one
   */
  read(picture: Grey): Promise<Code[]>;
  close(): Promise<void>;
};

/**
 * Reads codes in a thread of its own, so that they are looked for while the networks read text, which keeps this one
 * busy. Answers at once; a picture that is handed in before the thread is ready waits for it.
 */
export function openCodeReader(): CodeReader {
  let thread = startThread();
  return {
    read(picture) {
      if (thread.hasEnded()) thread = startThread();
      return thread.ask(picture);
    },
    close: () => thread.end(),
  };
}

type Waiting = { resolve: (codes: Code[]) => void; reject: (reason: Error) => void };

function startThread() {
  // Beside this file under its own ending: .ts in the sources, .mjs in the bundle.
  const worker = new Worker(new URL(`./codes-worker${extname(import.meta.url)}`, import.meta.url));
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  let ended = false;

  function giveUp(reason: Error): void {
    ended = true;
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  }

  worker.on("message", ({ id, codes }: CodesAnswer) => {
    waiting.get(id)?.resolve(codes);
    waiting.delete(id);
  });
  worker.on("error", giveUp);
  worker.on("exit", () => giveUp(new Error("The code reader has ended")));

  return {
    hasEnded: () => ended,
    ask(picture: Grey): Promise<Code[]> {
      asked += 1;
      const question: CodesQuestion = { id: asked, picture };
      return new Promise((resolve, reject) => {
        waiting.set(question.id, { resolve, reject });
        worker.postMessage(question);
      });
    },
    async end(): Promise<void> {
      await worker.terminate();
    },
  };
}
