import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ports that systems give to outgoing connections (Linux: 32768 on), which come and go at any moment. */
const FROM = 20_000;
const TO = 32_000;

/** A free port whose next one, the photo store's, is free as well; neither is taken by a passing connection. */
export async function freePorts(): Promise<number> {
  for (;;) {
    const port = randomInt(FROM, TO);
    if ((await isFree(port)) && (await isFree(port + 1))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
