import { spawnSync } from "node:child_process";
import type { Container } from "./container.ts";

/** How the function's process is confined, as the kernel tells it. */
export type Isolation = {
  user: number;
  group: number;
  powers: { effective: number; noNewPrivileges: boolean };
  /** Where it sees a file system that can be written to; devices, which are not files, left out. */
  writable: string[];
  /** Attempts to reach what is not there: any address but this machine's (name servers included), and closed ports. */
  elsewhere: { unrouted: number; refused: number };
};

export function isolationOf(container: Container): Isolation {
  const status = container.proc("status");
  const number = (name: string, base: number): number =>
    Number.parseInt(new RegExp(`^${name}:\\s+(\\S+)`, "m").exec(status)?.[1] ?? "", base);
  // mount id, parent, device, root, where, options ...: proc_pid_mountinfo(5)
  const writable = container
    .proc("mountinfo")
    .trim()
    .split("\n")
    .map((line) => line.split(" "))
    .filter(
      ([, , , , where = "", options = ""]) =>
        options.split(",").includes("rw") && !/^\/(proc|dev)(\/|$)/.test(where),
    )
    .map(([, , , , where = ""]) => where);
  const ipv4 = counters(container.proc("net/snmp"));
  const ipv6 = new Map(
    container
      .proc("net/snmp6")
      .split("\n")
      .map((line) => line.split(/\s+/) as [string, string]),
  );
  return {
    user: number("Uid", 10),
    group: number("Gid", 10),
    powers: { effective: number("CapEff", 16), noNewPrivileges: number("NoNewPrivs", 10) === 1 },
    writable,
    elsewhere: {
      unrouted: (ipv4.get("Ip.OutNoRoutes") ?? Number.NaN) + Number(ipv6.get("Ip6OutNoRoutes")),
      refused: (ipv4.get("Tcp.AttemptFails") ?? Number.NaN) + (ipv4.get("Udp.NoPorts") ?? Number.NaN),
    },
  };
}

/** Tries to leave the container's network, to see that an attempt is counted. 192.0.2.1 is nobody's (RFC 5737). */
export function tryTheNetwork(container: Container): void {
  const attempt = `require("node:net").connect(80, "192.0.2.1").on("error", () => process.exit(0))`;
  const inside = ["--target", String(container.pid()), "--net", "--", process.execPath, "--eval", attempt];
  spawnSync("/usr/bin/nsenter", inside, { stdio: "inherit", timeout: 10_000 });
}

/** /proc/net/snmp: for each protocol a line of names and a line of numbers. */
function counters(snmp: string): Map<string, number> {
  const found = new Map<string, number>();
  const lines = snmp
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const [protocol = "", ...names] = lines[i] ?? [];
    const [, ...numbers] = lines[i + 1] ?? [];
    for (const [place, name] of names.entries()) {
      found.set(`${protocol.replace(":", "")}.${name}`, Number(numbers[place]));
    }
  }
  return found;
}
