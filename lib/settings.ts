import * as z from "zod";
import { variables } from "../contract/environment.ts";

/** The lowest and highest timeout that Lambda takes, in seconds: the reader must end on its own before it is killed. */
const lambdaSeconds = z.coerce.number().int().min(1).max(900);

/** `https://host`, or a port of this machine for development: what a browser sends as Origin. */
const webOrigin = z
  .string()
  .regex(
    /^(https:\/\/[a-z0-9.-]+(:\d+)?|http:\/\/localhost(:\d+)?)$/,
    "must be an origin such as https://clinic.example, without a path (http only for localhost)",
  );

/** From the command line a list is one string: `a,b`. */
const list = (value: unknown): unknown =>
  typeof value === "string" ? value.split(",").filter(Boolean) : value;
const flag = (value: unknown): unknown => (value === "true" ? true : value === "false" ? false : value);

const settings = z.strictObject({
  /** How long an upload URL is good for. A tablet that is offline for longer books again. */
  uploadUrlSeconds: z.coerce.number().int().min(60).max(3600).default(900),

  /** The reader's timeout for one photo, and for one sheet: some forty times a warm reading, so only a stuck one meets it. */
  readTimeoutSeconds: lambdaSeconds.default(60),

  /** How often a photo is tried before its message goes to the dead letters. */
  readAttempts: z.coerce.number().int().min(1).max(10).default(3),

  /**
   * Photos read at the same time. 5 leaves half of the 10 concurrent executions a new account has to the API; an
   * account with the usual 1,000 can take more. (An event source takes 2 at least.)
   */
  readConcurrency: z.coerce.number().int().min(2).max(1000).default(5),

  /**
   * Sheets of batches read at the same time, beside the photos: the two never share, so that a tablet never waits for
   * a batch. 2 is the least, and with the expander's 2 what a new account's 10 leave; raise it with the account's.
   */
  sheetConcurrency: z.coerce.number().int().min(2).max(1000).default(2),

  /**
   * The expander's timeout: it hands over to its next run 15 s before, or with a quarter of its time left, so a shorter
   * one only means more runs.
   */
  expandTimeoutSeconds: lambdaSeconds.min(20).default(300),

  /**
   * Memory buys processor time: 1,769 MB is one vCPU. 3,008 is the most a new account may use, and 1.7 vCPU: the
   * person with the tablet waits, and two threads read in 0.69 of the time of one.
   */
  readMemoryMegabytes: z.coerce.number().int().min(1024).max(10_240).default(3008),

  /** What all functions run on; see docs/decisions/0013. */
  architecture: z.enum(["x86_64", "arm64"]).default("x86_64"),

  /** Where the tablet page is served from: these may call the API, put photos into the bucket and sign in. */
  webOrigins: z.preprocess(list, z.array(webOrigin).min(1)).default(["http://localhost:3000"]),

  /** Who hears of alarms. Without one the alarms' topic has no subscriber. */
  alarmEmail: z.email().optional(),

  /** First part of the sign-in page's address, unique in the region; `rxscan-<account>` when absent. */
  signInDomain: z
    .string()
    .regex(/^(?!.*(aws|amazon|cognito))[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
    .optional(),

  /** Whether everybody must sign in with a second factor (an authenticator app), or may. */
  requireSecondFactor: z.preprocess(flag, z.boolean()).default(false),

  /** What users, records and photos become when the stack is removed: kept, or gone with it (for trying out). */
  keepData: z.preprocess(flag, z.boolean()).default(true),

  logLevel: variables.LOG_LEVEL,
});

/** What a deployment can choose. */
export type Settings = Readonly<z.output<typeof settings>>;

/** How much longer than its timeout a worker may hold a page, a sheet or a batch: what a killed one needs to be really gone, in seconds. */
const LEASE_MARGIN_SECONDS = 10;

export const readLeaseSeconds = (settings: Settings): number =>
  settings.readTimeoutSeconds + LEASE_MARGIN_SECONDS;
export const expandLeaseSeconds = (settings: Settings): number =>
  settings.expandTimeoutSeconds + LEASE_MARGIN_SECONDS;

/** The part of a CDK context key that says it is one of ours: `cdk deploy -c rxscan:readConcurrency=50`. */
const CONTEXT_PREFIX = "rxscan:";

/**
 * The given settings, checked, and defaults for the rest.
 * @throws Error naming each setting that is unknown or wrong
 */
export function readSettings(given: Readonly<Record<string, unknown>> = {}): Settings {
  const read = settings.safeParse(given);
  if (!read.success) throw new Error(`Settings: ${z.prettifyError(read.error)}`);
  return read.data;
}

/** Settings from a CDK context: every `rxscan:<setting>` of cdk.json and of the command line's `-c`. */
export function settingsFromContext(context: Readonly<Record<string, unknown>>): Settings {
  const ours = Object.entries(context).filter(([key]) => key.startsWith(CONTEXT_PREFIX));
  return readSettings(
    Object.fromEntries(ours.map(([key, value]) => [key.slice(CONTEXT_PREFIX.length), value])),
  );
}
