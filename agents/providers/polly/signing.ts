/** Signatures of Amazon's services. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
import { createHash, createHmac } from 'node:crypto';

export interface AwsAccount {
  keyId: string;
  secret: string;
  /** Of keys that are good for a while. */
  sessionToken?: string | undefined;
}

export interface Signable {
  path: string;
  /** Those that are signed, names in small letters. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const keyed = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** The signature of a POST without a query. @param at as in `x-amz-date`: 20261201T083000Z */
export function signatureOf(
  { path, headers, body }: Signable,
  { at, region, service, secret }: { at: string; region: string; service: string; secret: string },
): { scope: string; signed: string; signature: string } {
  const day = at.slice(0, 8);
  const names = Object.keys(headers).toSorted();
  const signed = names.join(';');
  const lines = names.map(name => `${name}:${headers[name]!.trim()}\n`).join('');
  const request = ['POST', path, '', lines, signed, hash(body)].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const key = [day, region, service, 'aws4_request'].reduce(
    (made: string | Buffer, part) => keyed(made, part),
    `AWS4${secret}`,
  );
  return { scope, signed, signature: keyed(key, [ALGORITHM, at, scope, hash(request)].join('\n')).toString('hex') };
}

/** The headers of a question that is signed now. */
export function signedHeaders(
  { host, path, body }: { host: string; path: string; body: string },
  { account, region, service, unixMs }: { account: AwsAccount; region: string; service: string; unixMs: number },
): Record<string, string> {
  const at = new Date(unixMs).toISOString().replace(/[:-]|\.\d{3}/g, '');
  const { keyId, secret, sessionToken } = account;
  const headers = { host, 'x-amz-date': at, ...(sessionToken && { 'x-amz-security-token': sessionToken }) };
  const { scope, signed, signature } = signatureOf({ path, headers, body }, { at, region, service, secret });
  const { host: _, ...sent } = headers;
  const credential = `${keyId}/${scope}`;
  return {
    ...sent,
    authorization: `${ALGORITHM} Credential=${credential}, SignedHeaders=${signed}, Signature=${signature}`,
  };
}
