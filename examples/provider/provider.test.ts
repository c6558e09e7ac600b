import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../agents/base/clock.ts';
import type { Usage } from '../../agents/base/meter.ts';
import { NEUTRAL_PROSODY } from '../../agents/speak/ports.ts';
import { dialogueConformance } from '../../agents/testing/dialogue-conformance.ts';
import { PERSONA } from '../../agents/testing/scene.ts';
import { ttsConformance } from '../../agents/testing/tts-conformance.ts';
import { VirtualClock } from '../../agents/testing/virtual-clock.ts';
import { loadSettings } from '../../settings/load.ts';
import { usable } from '../../settings/stages.ts';
import { AcmeDialogue } from './dialogue.ts';
import { type Behaviour, createAcme } from './fake.ts';
import acme from './index.ts';
import { AcmeSpeech } from './speech.ts';

// The registry looks for vendors when it is imported.
vi.hoisted(() => {
  process.env.VISAVIS_VENDORS = 'examples/provider';
});

const opened: { close(): Promise<void> }[] = [];
afterAll(() => Promise.all(opened.map(fake => fake.close())));

/** A fake that listens, and what asks it. */
async function open(does: Behaviour, clock = systemClock) {
  const server = createAcme(does).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const endpoint = {
    name: 'acme',
    baseUrl: `http://127.0.0.1:${port}`,
    headers: { authorization: 'Bearer a-key' },
    clock,
    patienceMs: 4000,
  };
  const usage: Usage[] = [];
  const fake = {
    server,
    usage,
    dialogue: new AcmeDialogue({ ...endpoint, model: 'm-1', used: each => usage.push(each) }),
    speech: () => new AcmeSpeech(endpoint, acme.makes.speech!.capabilities({ voice: 'ada' })),
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
  opened.push(fake);
  return fake;
}
type Fake = Awaited<ReturnType<typeof open>>;

const asked = {
  dialogue: ({ dialogue }: Fake, signal = new AbortController().signal) =>
    dialogue.reply({ persona: PERSONA, history: [], turn: [] }, { signal, committed: Promise.resolve() }),
  speech: ({ speech }: Fake, signal = new AbortController().signal) =>
    speech().speak('Hello.', { voice: 'ada', prosody: NEUTRAL_PROSODY, signal }),
};

const KINDS = ['dialogue', 'speech'] as const;

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

dialogueConformance('acme', async does => open(does === 'fails' ? 401 : does));
const speaking = await open('answers');
ttsConformance('acme', speaking.speech);

describe('the example', () => {
  it('is found, and its settings are right', () => {
    const { agent } = loadSettings({ VISAVIS_CONFIG: 'examples/provider/visavis.config.yaml' }, 'agent');
    expect(agent.dialogue.map(({ use }) => use)).toEqual(['acme', 'rivescript']);
    expect(usable('speech', agent.speech, { env: { ACME_API_KEY: 'a-key' }, models: '' })).toHaveLength(2);
    expect(() => usable('speech', agent.speech, { env: {}, models: '' })).toThrow('set ACME_API_KEY');
  });

  it('writes what acme writes, wherever that is cut, and tells what it took', async () => {
    const fake = await open('answers');
    const parts = await all(asked.dialogue(fake));
    expect(parts.map(part => part.type === 'text' && part.text).join('')).toContain('I am a naïve little server.');
    expect(fake.usage).toEqual([{ inputTokens: expect.any(Number), outputTokens: 20 }]);
  });

  it.each<[Behaviour, string]>([
    [401, 'auth'],
    [402, 'quota'],
    [404, 'model'],
    [413, 'bad-input'],
    [418, 'internal'],
    [429, 'quota'],
    [503, 'network'],
    ['hangs up', 'network'],
    ['never ends', 'internal'],
    ['talks nonsense', 'internal'],
  ])('says of what kind it is when acme fails: %s is %s', async (does, category) => {
    const fake = await open(does);
    for (const kind of KINDS)
      await expect(all<unknown>(asked[kind](fake))).rejects.toMatchObject({ name: 'ProviderError', category });
  });

  it.each(KINDS)('waits for the next piece of %s as long as is set', async kind => {
    for (const does of ['hangs', 'stalls'] as const) {
      const clock = new VirtualClock();
      const fake = await open(does, clock);
      const late = expect(all<unknown>(asked[kind](fake))).rejects.toMatchObject({ category: 'network' });
      await vi.waitUntil(() => clock.pending === 1);
      await clock.advance(4000);
      await late;
      expect(clock.pending).toBe(0);
    }
  });

  it.each(KINDS)('hangs up where %s is called off', async kind => {
    const fake = await open('stalls');
    const stop = new AbortController();
    const reason = new Error('called off');
    const answer = expect(all<unknown>(asked[kind](fake, stop.signal))).rejects.toBe(reason);
    const [, response] = await once(fake.server, 'request');
    stop.abort(reason);
    await answer;
    await vi.waitUntil(() => response.destroyed);
  });

  it('hangs up where nobody reads on', async () => {
    const fake = await open('stalls');
    const request = once(fake.server, 'request');
    for await (const _ of asked.dialogue(fake)) break;
    const [, response] = await request;
    await vi.waitUntil(() => response.destroyed);
  });
});
