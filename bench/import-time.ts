import { pathToFileURL } from "node:url";

/** Prints the milliseconds that importing the module named on the command line takes in a fresh process. */
const began = performance.now();
await import(pathToFileURL(process.argv[2] ?? "").href);
console.log(performance.now() - began);
process.exit(0);
