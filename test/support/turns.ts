/** What the model tests have in common: actors that do nothing to the world before the scheduler gives them their turn. */

export type Fate = "goes on" | "fails before" | "fails after" | "dies";
export type Actor = { kind: string; startedAt: number; dead: boolean; done: boolean };
/** One thing that an actor is about to do to the world. */
export type Turn = { actor: Actor; go: (fate: Fate) => void };

/** What a store throws that will be well again. */
export class Passing extends Error {}

/** Waits in `turns` until the scheduler says that it is this actor's turn, and with what fate. */
export async function takeTurn<T>(turns: Turn[], actor: Actor, act: () => Promise<T>): Promise<T> {
  const fate = await new Promise<Fate>((go) => turns.push({ actor, go }));
  if (fate === "dies") {
    actor.dead = true;
    return new Promise<never>(() => undefined);
  }
  if (fate === "fails before") throw new Passing();
  const result = await act();
  if (fate === "fails after") throw new Passing();
  return result;
}
