import { mkdir } from "node:fs/promises";
import { parseArgs } from "node:util";
import { openIdentity } from "./identity.ts";
import { placeOf } from "./place.ts";
import { issuerOf } from "./stack.ts";

/** `npm run token`: a bearer token for the local stack of the same PORT and RXSCAN_DATA. */

const { values } = parseArgs({ options: { sub: { type: "string", default: "nurse" } } });
const { port, folder } = placeOf(process.env);
await mkdir(folder, { recursive: true });
const identity = await openIdentity(folder, issuerOf(port));
console.log(await identity.token(values.sub));
