/** The server's settings, from flags and ENSEMBLE_* variables; flags win. */
import { parseArgs } from "node:util";
import { LOG_LEVELS, type LogLevel } from "./log.ts";
import { type TrustedProxies, parseNetworks } from "./visitors.ts";
import { limits } from "./limits.ts";
import { type S3Place, parseS3Place } from "./stores/s3Place.ts";

export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly https: boolean;
  /** What a client has to show to register a workspace; undefined where anybody may. */
  readonly registerToken: string | undefined;
  /** What is written into the log: this and what is worse. */
  readonly logLevel: LogLevel;
  /** The header in which a proxy says who is signed in; undefined where none is trusted. */
  readonly trustHeader: string | undefined;
  /** The proxies whose headers count: addresses and networks. */
  readonly trustedProxies: readonly string[];
  /** Where PostgreSQL is that keeps rooms and membership; undefined where they are in the data folder. */
  readonly postgres: string | undefined;
  /** Where Redis is that the nodes of this server meet in; undefined where this is the only one. */
  readonly redis: string | undefined;
  /** Where blobs are; undefined where they are in the data folder. */
  readonly s3?: S3Place | undefined;
  /** Bytes of blobs that a workspace may have; undefined for the default. */
  readonly quota?: number | undefined;
}

export const HELP = `Ensemble: a notebook in which a team trains models together.

  npm start -- [options]

  --port <number>           the port to serve on             ENSEMBLE_PORT            (4321)
  --host <address>          the address to listen on         ENSEMBLE_HOST            (0.0.0.0: all of this
                                                                                      machine's networks)
  --data <folder>           where everything is kept         ENSEMBLE_DATA            (.data)
  --https                   serve https, with a certificate  ENSEMBLE_HTTPS=1         (off)
                            made for this machine
  --register-token <text>   who knows it may register new    ENSEMBLE_REGISTER_TOKEN  (anybody may)
                            workspaces here
  --log-level <level>       how much the log says: debug,    ENSEMBLE_LOG_LEVEL       (warn)
                            info, warn, error, fatal
                            or silent
  --trust-header <name>     the header in which a proxy      ENSEMBLE_TRUST_HEADER    (none)
                            says who is signed in
  --trusted-proxies <list>  the proxies whose headers count  ENSEMBLE_TRUSTED_PROXIES (none)
                            as in 10.0.0.0/8,127.0.0.1
  --postgres <url>          keep rooms and membership in     ENSEMBLE_POSTGRES        (in the data folder)
                            PostgreSQL
  --redis <url>             meet the other nodes of this     ENSEMBLE_REDIS           (this is the only node)
                            server in Redis or Valkey
  --quota <size>            how much a workspace may keep    ENSEMBLE_QUOTA           (10GB)
                            in datasets, models and
                            outputs, as in 500MB or 2TB,
                            or "none"
  --s3 <place>              keeps those in an S3 store and   ENSEMBLE_S3              (in the data folder)
                            not in the data folder:
                            s3://bucket/prefix or
                            "s3://bucket?endpoint=https://host&region=name",
                            with the credentials of AWS_ACCESS_KEY_ID and
                            AWS_SECRET_ACCESS_KEY
  --dev                     serve the app from its sources, reloaded as they change
  --help                    this text
`;

export type Parsed =
  | { readonly kind: "settings"; readonly settings: Settings }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly sentence: string };

const OPTIONS = {
  port: { type: "string" },
  host: { type: "string" },
  data: { type: "string" },
  https: { type: "boolean" },
  "register-token": { type: "string" },
  "log-level": { type: "string" },
  "trust-header": { type: "string" },
  "trusted-proxies": { type: "string" },
  postgres: { type: "string" },
  redis: { type: "string" },
  quota: { type: "string" },
  s3: { type: "string" },
  help: { type: "boolean" },
} as const;

export function parseSettings(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Parsed {
  let values;
  try {
    ({ values } = parseArgs({ args: [...args], options: OPTIONS }));
  } catch (error) {
    const why = error instanceof Error ? (error.message.split(". ")[0] ?? "") : "";
    return { kind: "wrong", sentence: `${why}. See npm start -- --help.` };
  }
  if (values.help === true) return { kind: "help" };
  const said = values.port ?? env["ENSEMBLE_PORT"] ?? "4321";
  const port = /^\d+$/.test(said) ? Number(said) : NaN;
  if (!(port <= 65535))
    return {
      kind: "wrong",
      sentence: `The port has to be a number from 0 to 65535, and "${said}" is not.`,
    };
  const level = values["log-level"] ?? env["ENSEMBLE_LOG_LEVEL"] ?? "warn";
  const logLevel = LOG_LEVELS.find((one) => one === level);
  if (!logLevel)
    return {
      kind: "wrong",
      sentence: `The log level has to be one of ${LOG_LEVELS.join(", ")}, and "${level}" is not.`,
    };
  const postgres = given(values.postgres, env["ENSEMBLE_POSTGRES"]);
  const redis = given(values.redis, env["ENSEMBLE_REDIS"]);
  const wrong =
    wrongUrl("PostgreSQL", postgres, ["postgres:", "postgresql:"]) ??
    wrongUrl("Redis", redis, ["redis:", "rediss:"]);
  if (wrong !== undefined) return { kind: "wrong", sentence: wrong };
  const registerToken = values["register-token"] ?? env["ENSEMBLE_REGISTER_TOKEN"];
  const proxies = parseProxies(
    values["trust-header"] ?? env["ENSEMBLE_TRUST_HEADER"] ?? "",
    values["trusted-proxies"] ?? env["ENSEMBLE_TRUSTED_PROXIES"] ?? "",
  );
  if (typeof proxies === "string") return { kind: "wrong", sentence: proxies };
  const saidQuota = values.quota ?? env["ENSEMBLE_QUOTA"] ?? "";
  const quota = saidQuota === "" ? limits.quotaBytes : parseSize(saidQuota);
  if (quota === undefined)
    return {
      kind: "wrong",
      sentence: `The quota has to be a size such as 500MB, 10GB or 2TB, or "none", and "${saidQuota}" is not.`,
    };
  const saidS3 = values.s3 ?? env["ENSEMBLE_S3"] ?? "";
  const s3 = saidS3 === "" ? undefined : parseS3Place(saidS3, env["AWS_REGION"]);
  if (saidS3 !== "" && !s3)
    return {
      kind: "wrong",
      sentence: `The place of blobs has to look like "s3://bucket?endpoint=https://host&region=name", and the one that was given does not. Credentials belong into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`,
    };
  if (redis !== undefined && (postgres === undefined || s3 === undefined))
    return {
      kind: "wrong",
      sentence: `Several nodes share what they keep: with --redis, give --postgres and --s3, too.`,
    };
  return {
    kind: "settings",
    settings: {
      ...proxies,
      port,
      host: values.host ?? env["ENSEMBLE_HOST"] ?? "0.0.0.0",
      data: values.data ?? env["ENSEMBLE_DATA"] ?? ".data",
      https: values.https ?? ["1", "true", "yes"].includes(env["ENSEMBLE_HTTPS"] ?? ""),
      registerToken: registerToken === "" ? undefined : registerToken,
      logLevel,
      postgres,
      redis,
      s3,
      quota,
    },
  };
}

/** What is trusted of which proxies, or the sentence that says why not. */
function parseProxies(header: string, list: string): TrustedProxies | string {
  const trustedProxies = list
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
  if (!parseNetworks(trustedProxies))
    return `The trusted proxies have to be addresses or networks, as in 10.0.0.0/8,127.0.0.1, and "${list}" is not.`;
  if (header !== "" && !/^[\w-]+$/.test(header))
    return `The trusted header has to be the name of a header, as in X-Forwarded-User, and "${header}" is not.`;
  if (header !== "" && trustedProxies.length === 0)
    return `A header is trusted only from a proxy that is named: add --trusted-proxies with its address.`;
  return { trustHeader: header === "" ? undefined : header, trustedProxies };
}

function given(flag: string | undefined, variable: string | undefined): string | undefined {
  const value = flag ?? variable;
  return value === "" ? undefined : value;
}

/** What is wrong with an address, without a word of what stands in it: there may be a password. */
function wrongUrl(
  what: string,
  url: string | undefined,
  protocols: readonly string[],
): string | undefined {
  if (url === undefined || (URL.canParse(url) && protocols.includes(new URL(url).protocol)))
    return undefined;
  return `The address of ${what} has to look like ${protocols[0]}//user:password@host:port.`;
}

/** Bytes; Infinity for "none". */
function parseSize(text: string): number | undefined {
  if (text === "none") return Infinity;
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?) ?([kMGT]?B)$/i.exec(text) ?? [];
  const power = ["B", "KB", "MB", "GB", "TB"].indexOf(unit.toUpperCase());
  return power < 0 ? undefined : Math.floor(Number(number) * 1000 ** power);
}
