import { pino } from 'pino';
import { expect, it } from 'vitest';
import { numbersFor } from '../../settings/emergency.ts';
import { systemClock } from '../base/clock.ts';
import { createAgentMetrics } from '../metrics/metrics.ts';
import type { Responder } from '../respond/port.ts';
import { Answers } from '../safety/answers.ts';
import { Guard } from '../safety/dialogue.ts';
import { Hearing } from '../safety/hearing.ts';
import { Honesty } from '../safety/honesty.ts';
import { said } from '../testing/duplex-talk.ts';
import { PERSONA } from '../testing/scene.ts';
import type { Making } from './makers.ts';
import { makeResponders } from './responder.ts';

const opened: string[] = [];
const model: Responder = {
  name: 'model',
  capabilities: { ears: true, speculates: true, cuts: 'exact' },
  async *respond() {
    yield { type: 'speech', pcm: new Int16Array(48_000), events: [], words: [{ text: 'Hi.', endSample: 48_000 }] };
  },
  async *say() {},
};

async function responders() {
  const metrics = createAgentMetrics();
  const made = {
    entry: { use: 'openai', as: 'openai', settings: {} },
    made: {
      open: ({ id }: { id: string }) => {
        opened.push(id);
        return model;
      },
    },
    meter: metrics.meter({ stage: 'duplex', provider: 'openai', model: 'gpt-realtime-2.1' }),
  };
  const responder = await makeResponders([], {
    making: { stage: async () => [made] } as unknown as Making,
    metrics,
    log: pino({ level: 'silent' }),
    clock: systemClock,
    tts: {} as never,
    dialogue: { name: 'script' } as never,
    guard: new Guard(new Hearing(['en']), new Answers(numbersFor('GB')), new Honesty()),
  });
  return { responder, metrics };
}

const asked = async (responder: Responder) => {
  const conversation = { persona: PERSONA, history: [], turn: [said('Hello')] };
  const options = { turnId: 't', signal: new AbortController().signal, committed: Promise.resolve() };
  const words: string[] = [];
  for await (const spoken of responder.respond(conversation, { ...options, room: async () => {} }))
    if (spoken.type === 'speech') words.push(...spoken.words.map(({ text }) => text));
  return words.join(' ');
};

it('a model that speaks itself comes first, is counted, and timed to its first sound', async () => {
  const { responder, metrics } = await responders();
  expect(await asked(responder(PERSONA))).toBe('Hi.');
  const text = await metrics.registry.metrics();
  expect(text).toMatch(/visavis_provider_first_seconds_count\{stage="duplex",provider="openai",[^}]*\} 1/);
  expect(text).toMatch(/visavis_provider_calls_total\{stage="duplex",[^}]*outcome="ok"\} 1/);
});

it('a persona may have its own words and voice instead', async () => {
  const { responder } = await responders();
  opened.length = 0;
  expect(responder({ ...PERSONA, responder: 'pipeline' }).capabilities.ears).toBe(false);
  expect(opened).toEqual([]);
  expect(responder({ ...PERSONA, responder: 'duplex' }).capabilities.ears).toBe(true);
});

it('somebody’s own voice is heard, and no model speaks over it', async () => {
  const { responder } = await responders();
  expect(responder({ ...PERSONA, ownVoice: true }).capabilities.ears).toBe(false);
});
