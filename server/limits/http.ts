import type { FastifyInstance } from 'fastify';
import type { Settings } from '../../settings/settings.ts';
import { bearer } from '../auth/bearer.ts';
import { digestOf, type Gates, networkOf, type Scope } from './gate.ts';

/** Nobody asks without end, neither from one address nor with one token; routes that cost more ask for more patience. */
export function limitRequests(app: FastifyInstance, limits: Settings['limits'], gates: Gates): void {
  const gate = (scope: Scope, perMinute: number) =>
    gates.gate({
      name: `http ${scope}`,
      scope,
      surface: 'http',
      perMinute,
      message: 'That was too much at once. Please wait a moment.',
    });
  const addresses = gate('address', limits.httpPerMinute);
  const tokens = gate('token', limits.httpPerTokenPerMinute);
  app.addHook('onRequest', async ({ ip, headers }) => {
    addresses.pass(networkOf(ip));
    const token = bearer(headers.authorization);
    if (token !== undefined) tokens.pass(digestOf(token));
  });
}
