const OPENAI = 'https://api.openai.com/v1';

/** A WebSocket of an endpoint, whose address is given up to and with `/v1`. */
export const socketOf = (baseUrl: string = OPENAI, path: string): URL =>
  new URL(`${baseUrl.replace(/\/$/, '').replace(/^http/, 'ws')}${path}`);

/** How the key is shown: Azure wants it by another name. */
export const headersOf = ({
  apiKey,
  auth,
}: {
  apiKey?: string | undefined;
  auth: 'bearer' | 'api-key';
}): Record<string, string> =>
  apiKey === undefined ? {} : auth === 'bearer' ? { authorization: `Bearer ${apiKey}` } : { 'api-key': apiKey };
