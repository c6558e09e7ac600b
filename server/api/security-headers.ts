import type { Settings } from '../../settings/settings.ts';

/** The page runs only its own code and talks only to its own server: `'self'` holds for its sockets, too. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  // WebAssembly of its own, too: what blurs a background. It lets no text be run.
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob: mediastream:",
  "manifest-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join('; ');

/** Sent with every answer of a server. */
export const headersFor = (config: Pick<Settings, 'https'>, tls: unknown): Record<string, string> =>
  // A browser would keep away from a name whose certificate it does not trust.
  securityHeaders(tls !== undefined && config.https.selfSigned !== true);

/** @param encrypted the browser is to come back over HTTPS only */
export const securityHeaders = (encrypted: boolean): Record<string, string> => ({
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'SAMEORIGIN',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(self), microphone=(self), display-capture=(self), geolocation=()',
  ...(encrypted && { 'Strict-Transport-Security': 'max-age=31536000' }),
});
