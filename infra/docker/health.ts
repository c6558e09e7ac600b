/** Asks a server whether a call could be held; for containers' health checks. Ends with 0 when it could. */
import { get } from 'node:http';
import { get as getEncrypted } from 'node:https';

const TIMEOUT_MS = 2000;
const local = `://127.0.0.1:${process.env.PORT ?? '3000'}/health`;
// Which of the two it speaks follows from several settings, of which a file may have some.
const urls =
  process.env.VISAVIS_HEALTH_URL === undefined ? [`http${local}`, `https${local}`] : [process.env.VISAVIS_HEALTH_URL];

const isWell = (url: string): Promise<boolean> =>
  new Promise(resolve => {
    const ask = url.startsWith('https:') ? getEncrypted : get;
    // Its own certificate is for the name that browsers use, not for this address.
    ask(url, { timeout: TIMEOUT_MS, rejectUnauthorized: false }, ({ statusCode }) => resolve(statusCode === 200))
      .on('timeout', () => resolve(false))
      .on('error', () => resolve(false));
  });

for (const url of urls) if (await isWell(url)) process.exit(0);
process.exit(1);
