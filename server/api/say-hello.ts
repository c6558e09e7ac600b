import type { Logger } from 'pino';
import { type ToHost, VoiceSaid } from '../../protocol/agents.ts';
import { PortraitError } from '../../protocol/portraits.ts';
import type { Host } from '../hosts/host.ts';

/** A sentence is made in less than a second; a host may be busy with calls. */
const SAYING_MS = 10_000;

/** A greeting as a WAV file, from the host with the least to do. Throws PortraitError; `voices-off` where there is no host. */
export async function sayHello(hosts: readonly Host[], wished: ToHost<'voice.hello'>, log: Logger): Promise<Buffer> {
  const [host] = hosts.toSorted((a, b) => a.status.load - b.status.load);
  if (host === undefined)
    throw new PortraitError(
      'voices-off',
      'No voice of this server can be changed: its operator has to set up one that can, as the first of agent.speech.',
    );
  const said = await host.request('voice.hello', wished, SAYING_MS).then(VoiceSaid.parse, (error: unknown) => {
    log.warn({ host: host.id, reason: String(error) }, 'a host said no hello');
    return { said: false as const, busy: false };
  });
  if (said.said) return Buffer.from(said.wav);
  throw said.busy
    ? new PortraitError('busy', 'Many voices are being tried right now. Please try again in a moment.', {
        retryable: true,
      })
    : new PortraitError('voice-failed', 'The voice could not be made. Please try again.', { retryable: true });
}
