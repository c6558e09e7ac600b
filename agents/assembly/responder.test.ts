import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { numbersFor } from '../../settings/emergency.ts';
import { createAgentMetrics } from '../metrics/metrics.ts';
import type { Responder } from '../respond/port.ts';
import { Answers } from '../safety/answers.ts';
import { Guard } from '../safety/dialogue.ts';
import { Honesty } from '../safety/honesty.ts';
import { PERSONA } from '../testing/scene.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import type { Making } from './makers.ts';
import { makeResponders } from './responder.ts';

describe('who answers', () => {
  it('is a model that speaks itself, unless somebody’s own voice is to be heard', async () => {
    const opened: string[] = [];
    const duplex = {
      open: () => {
        opened.push('opened');
        return { name: 'model', capabilities: { ears: true, speculates: true, cuts: 'exact' } } as unknown as Responder;
      },
    };
    const making = { stage: async () => [{ made: duplex }] } as unknown as Making;
    const responders = await makeResponders([], {
      making,
      metrics: createAgentMetrics(),
      log: pino({ level: 'silent' }),
      clock: new VirtualClock(),
      tts: {
        capabilities: { phones: false, prosody: false, voices: { known: ['v'], closed: true } },
        speak: async function* () {},
        close: async () => {},
      },
      dialogue: { name: 'none', reply: async function* () {} },
      guard: new Guard(undefined, new Answers(numbersFor(undefined, {})), new Honesty()),
    });
    responders(PERSONA);
    expect(opened).toHaveLength(1);
    expect(responders({ ...PERSONA, ownVoice: true }).capabilities.ears).toBe(false);
    expect(opened).toHaveLength(1);
  });
});
