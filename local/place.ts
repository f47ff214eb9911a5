import * as z from "zod";

/** Where the local run answers and keeps its data, from the environment. */
const place = z.object({
  PORT: z.coerce.number().int().min(1).max(65_534).default(3000),
  RXSCAN_DATA: z.string().min(1).default(".rxscan"),
});

/** @throws Error that names what is wrong */
export function placeOf(environment: NodeJS.ProcessEnv): { port: number; folder: string } {
  const read = place.safeParse(environment);
  if (!read.success) throw new Error(z.prettifyError(read.error));
  return { port: read.data.PORT, folder: read.data.RXSCAN_DATA };
}
