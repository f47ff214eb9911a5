import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { connect, createServer, type ListenOptions, type NetConnectOpts, type Server } from "node:net";
import { join } from "node:path";

/**
 * A network namespace without any link reaches a few ports of this machine and nothing else: connections travel over
 * Unix sockets in a folder, which do not belong to a network namespace. Outside, each socket leads to its port; inside
 * (`node passage.ts FOLDER`, run in the namespace), the same port on its loopback leads to the socket.
 */

export type Passage = {
  /** Connections so far, by port. */
  connections(port: number): number;
  close(): void;
};

/** Once this file is in the folder, the inner end listens. */
export const OPEN = "open";

const SOCKET = /^(\d+)\.sock$/;

/** The outer end. */
export async function openPassage(folder: string, ports: readonly number[]): Promise<Passage> {
  const counts = new Map(ports.map((port) => [port, 0]));
  const servers = await Promise.all(
    ports.map((port) =>
      lead({ path: join(folder, `${port}.sock`) }, { host: "127.0.0.1", port }, () =>
        counts.set(port, (counts.get(port) ?? 0) + 1),
      ),
    ),
  );
  return {
    connections: (port) => counts.get(port) ?? 0,
    close() {
      for (const server of servers) server.close();
    },
  };
}

async function innerEnd(folder: string): Promise<void> {
  const ports = readdirSync(folder).flatMap((file) => SOCKET.exec(file)?.[1] ?? []);
  for (const port of ports) {
    await lead({ host: "127.0.0.1", port: Number(port) }, { path: join(folder, `${port}.sock`) });
  }
  writeFileSync(join(folder, OPEN), "");
}

async function lead(from: ListenOptions, to: NetConnectOpts, onConnection?: () => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (near) => {
    onConnection?.();
    const far = connect({ ...to, allowHalfOpen: true });
    near.pipe(far).pipe(near);
    // Either end's failure is the other end's: a reset must not look like a polite end.
    near.on("error", () => far.destroy());
    far.on("error", () => near.resetAndDestroy());
  });
  server.listen(from);
  await once(server, "listening");
  return server;
}

if (import.meta.main) {
  const [, , folder] = process.argv;
  if (!folder) throw new Error("usage: passage FOLDER");
  await innerEnd(folder);
}
