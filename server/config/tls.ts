import fs from 'node:fs';
import path from 'node:path';
import { generate } from 'selfsigned';
import { SettingsError } from '../../settings/file.ts';
import type { Settings } from '../../settings/settings.ts';

/** A certificate and its key, PEM. */
export interface Tls {
  key: string;
  cert: string;
}

const VALID_DAYS = 365;
const DAY_MS = 86_400_000;

/** The certificate to serve HTTPS with, or undefined for plain HTTP. A self-signed one is made once and kept. */
export async function loadTls(config: Settings): Promise<Tls | undefined> {
  const { certFile, keyFile, selfSigned } = config.https;
  if (certFile !== undefined && keyFile !== undefined) {
    try {
      return { cert: fs.readFileSync(certFile, 'utf8'), key: fs.readFileSync(keyFile, 'utf8') };
    } catch (error) {
      throw new SettingsError(`cannot read the HTTPS certificate: ${(error as Error).message}`);
    }
  }
  if (!selfSigned) return undefined;
  const file = path.join(config.dataDir, 'self-signed.json');
  try {
    const kept = JSON.parse(fs.readFileSync(file, 'utf8')) as Tls & { untilMs: number };
    if (kept.untilMs > Date.now() + DAY_MS) return { cert: kept.cert, key: kept.key };
  } catch {
    // none yet, or damaged
  }
  const names = new Set([
    'localhost',
    config.host,
    ...(config.media.announcedAddress === undefined ? [] : [config.media.announcedAddress]),
  ]);
  const until = new Date(Date.now() + VALID_DAYS * DAY_MS);
  const made = await generate([{ name: 'commonName', value: 'Visavis (self-signed)' }], {
    notAfterDate: until,
    keyType: 'ec',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [...names].map(name =>
          /^[\d.]+$|:/.test(name) ? { type: 7 as const, ip: name } : { type: 2 as const, value: name },
        ),
      },
    ],
  });
  const tls = { cert: made.cert, key: made.private };
  fs.mkdirSync(config.dataDir, { recursive: true });
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, JSON.stringify({ ...tls, untilMs: until.getTime() }), { mode: 0o600 });
  return tls;
}
