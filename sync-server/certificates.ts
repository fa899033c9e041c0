/**
 * A certificate authority of this machine and a certificate for its addresses, made once and kept in the
 * data folder. Other devices trust the authority once; only then do keys, WebGPU and offline use work there.
 */
import "reflect-metadata"; // before the next line, which needs it
import * as x509 from "@peculiar/x509";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { addresses } from "./addresses.ts";

export interface Certificates {
  readonly key: string;
  readonly cert: string;
  /** The authority's certificate, PEM: what other devices have to trust. */
  readonly authority: string;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY = 24 * 60 * 60 * 1000;
const AUTHORITY_DAYS = 3650;
/** Apple's devices take no certificate of more than 398 days. */
const LEAF_DAYS = 397;
const RENEW_DAYS = 30;

export async function openCertificates(data: string): Promise<Certificates> {
  x509.cryptoProvider.set(crypto);
  const folder = join(data, "https");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const authority = await openAuthority(folder);
  const names = [...new Set(["localhost", hostname(), ...addresses()])];
  const known = await readPair(folder, "server");
  if (known && stillGood(known.cert, names)) return { ...known, authority: authority.cert };

  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const issuer = new x509.X509Certificate(authority.cert);
  const leaf = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: `CN=${hostname()}`,
    issuer: issuer.subject,
    notBefore: new Date(Date.now() - DAY),
    notAfter: new Date(Date.now() + LEAF_DAYS * DAY),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: authority.signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false),
      new x509.ExtendedKeyUsageExtension(["1.3.6.1.5.5.7.3.1"]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({
          type: isAddress(value) ? ("ip" as const) : ("dns" as const),
          value,
        })),
      ),
    ],
  });
  const pair = { key: await privatePem(keys.privateKey), cert: leaf.toString("pem") };
  await writePair(folder, "server", pair);
  return { ...pair, authority: authority.cert };
}

async function openAuthority(folder: string): Promise<{ cert: string; signingKey: CryptoKey }> {
  const known = await readPair(folder, "authority");
  if (known) {
    const der = x509.PemConverter.decodeFirst(known.key);
    const signingKey = await crypto.subtle.importKey("pkcs8", der, ALGORITHM, false, ["sign"]);
    return { cert: known.cert, signingKey };
  }
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: `CN=Ensemble on ${hostname()}`,
    notBefore: new Date(Date.now() - DAY),
    notAfter: new Date(Date.now() + AUTHORITY_DAYS * DAY),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
    ],
  });
  const cert = certificate.toString("pem");
  await writePair(folder, "authority", { key: await privatePem(keys.privateKey), cert });
  return { cert, signingKey: keys.privateKey };
}

function stillGood(pem: string, names: readonly string[]): boolean {
  const certificate = new x509.X509Certificate(pem);
  if (certificate.notAfter.getTime() < Date.now() + RENEW_DAYS * DAY) return false;
  const alternative = certificate.getExtension(x509.SubjectAlternativeNameExtension);
  const covered = new Set(alternative?.names.items.map((item) => item.value));
  return names.every((name) => covered.has(name));
}

function isAddress(name: string): boolean {
  return /^[\d.]+$/.test(name) || name.includes(":");
}

function serial(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16)))
    .toString("hex")
    .replace(/^[89a-f]/, "1");
}

async function privatePem(key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

async function readPair(
  folder: string,
  name: string,
): Promise<{ key: string; cert: string } | undefined> {
  try {
    const [key, cert] = await Promise.all(
      ["key", "crt"].map((kind) => readFile(join(folder, `${name}.${kind}`), "utf8")),
    );
    return key !== undefined && cert !== undefined ? { key, cert } : undefined;
  } catch {
    return undefined;
  }
}

async function writePair(
  folder: string,
  name: string,
  pair: { key: string; cert: string },
): Promise<void> {
  await writeFile(join(folder, `${name}.key`), pair.key, { mode: 0o600 });
  await writeFile(join(folder, `${name}.crt`), pair.cert);
}
