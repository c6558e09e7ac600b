/** Asks a server whether a call could be held; for containers' health checks. Ends with 0 when it could. */
import { get } from 'node:http';
import { get as getEncrypted } from 'node:https';

const TIMEOUT_MS = 4000;
const encrypted = /^(1|true)$/i.test(process.env.VISAVIS_HTTPS ?? '') || process.env.VISAVIS_HTTPS_CERT !== undefined;
const url =
  process.env.VISAVIS_HEALTH_URL ?? `${encrypted ? 'https' : 'http'}://127.0.0.1:${process.env.PORT ?? '3000'}/health`;

const ask = url.startsWith('https:') ? getEncrypted : get;
// Its own certificate is for the name that browsers use, not for this address.
ask(url, { timeout: TIMEOUT_MS, rejectUnauthorized: false }, ({ statusCode }) =>
  process.exit(statusCode === 200 ? 0 : 1),
)
  .on('timeout', () => process.exit(1))
  .on('error', () => process.exit(1));
