import { describe, expect, it } from 'vitest';
import { PERSONA } from '../testing/scene.ts';
import { personaWith } from '../testing/tool-service.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import type { Dialogue, Persona, ReplyOptions, ReplyPart } from './ports.ts';
import { WaitingDialogue } from './waiting.ts';
import { WAITING_WORDS } from './waiting-words.ts';

const TOOL = { name: 'order', description: 'Looks up.', url: 'https://shop.example/orders' };
const { persona: CLERK } = personaWith([TOOL]);

type Does = (
  says: (text: string) => ReplyPart,
  tools: (ms: number) => Promise<void>,
  wait: (ms: number) => Promise<void>,
) => AsyncGenerator<ReplyPart>;

interface Setting {
  persona?: Partial<Persona>;
  committed?: Promise<void>;
  signal?: AbortSignal;
  history?: number;
}

/** What is said, and when, of an answer that is made so. */
function scene(does: Does, { persona = {}, committed = Promise.resolve(), signal, history = 0 }: Setting = {}) {
  const clock = new VirtualClock();
  const inner: Dialogue = {
    name: 'inner',
    async *reply(_, { asked }: ReplyOptions) {
      const tools = async (ms: number) => {
        asked?.();
        await clock.wait(ms);
      };
      yield* does(
        text => ({ type: 'text', text }),
        tools,
        ms => clock.wait(ms),
      );
    },
  };
  const dialogue = new WaitingDialogue(inner, { clock, waitingMs: 1500, stillWaitingMs: 9000 });
  const told: string[] = [];
  const said = { role: 'user' as const, speaker: 'a', name: 'A', text: 'x' };
  const conversation = { persona: { ...CLERK, ...persona }, history: Array(history).fill(said), turn: [said] };
  const run = async () => {
    for await (const part of dialogue.reply(conversation, {
      signal: signal ?? new AbortController().signal,
      committed,
    })) {
      const what =
        part.type === 'text'
          ? part.text
          : part.type === 'looking'
            ? `(${part.on ? 'looks' : 'found'})`
            : `(${part.type})`;
      told.push(`${clock.nowMs()} ${what}`);
    }
  };
  const over = run();
  over.catch(() => {});
  return { clock, told, over };
}
const [FIRST] = WAITING_WORDS.en!.waiting;
const [STILL] = WAITING_WORDS.en!.stillWaiting;

describe('while a tool takes long', () => {
  it('nothing is said that was not said before, where it does not', async () => {
    const { clock, told } = scene(async function* (says, tools) {
      await tools(1400);
      yield says('It was sent.');
    });
    await clock.advance(5000);
    expect(told).toEqual(['1400 It was sent.']);
    expect(clock.pending).toBe(0);
  });

  it('it is said and shown, once more where it takes very long, and never again', async () => {
    const { clock, told } = scene(async function* (says, tools) {
      await tools(60_000);
      yield says('It was sent.');
    });
    await clock.advance(60_000);
    expect(told).toEqual([
      '1500 (looks)',
      `1500 ${FIRST}`,
      '1500 (pause)',
      '9000 (looks)',
      `9000 ${STILL}`,
      '9000 (pause)',
      '60000 (found)',
      '60000 It was sent.',
    ]);
    expect(clock.pending).toBe(0);
  });

  it('the time that the model takes for its next words counts, too', async () => {
    const { clock, told } = scene(async function* (says, tools, wait) {
      await tools(1000);
      await wait(1000);
      yield says('It was sent.');
    });
    await clock.advance(2000);
    expect(told.at(1)).toBe(`1500 ${FIRST}`);
  });

  it('nothing is added to what the model has said of it itself, unless it takes very long', async () => {
    const { clock, told } = scene(async function* (says, tools) {
      yield says('Let me look.');
      await tools(10_000);
      yield says('It was sent.');
    });
    await clock.advance(10_000);
    expect(told.filter(line => !line.includes('('))).toEqual(['0 Let me look.', `9000 ${STILL}`, '10000 It was sent.']);
    expect(told).toContain('1500 (looks)');
  });

  it('it is said once in a turn, however many tools there are', async () => {
    const { clock, told } = scene(async function* (says, tools) {
      await tools(2000);
      yield says('There are two.');
      await tools(2000);
      yield says('Both were sent.');
    });
    await clock.advance(10_000);
    expect(told.filter(line => line.endsWith(FIRST!))).toHaveLength(1);
  });

  it('[T5] an answer in secret is not late: time runs from when the turn is certain', async () => {
    const commitment = Promise.withResolvers<void>();
    const { clock, told } = scene(
      async function* (says, tools) {
        await tools(10_000);
        yield says('It was sent.');
      },
      { committed: commitment.promise },
    );
    await clock.advance(5000);
    expect(told).toEqual([]);
    commitment.resolve();
    await clock.advance(1500);
    expect(told.at(1)).toBe(`6500 ${FIRST}`);
  });

  it('the persona’s words are said, in turn; where it has none, nothing', async () => {
    const slow: Does = async function* (says, tools) {
      await tools(10_000);
      yield says('Sent.');
    };
    const texts = async (setting: Setting) => {
      const { clock, told } = scene(slow, setting);
      await clock.advance(10_000);
      return told.filter(line => !line.includes('(')).map(line => line.replace(/^\d+ /, ''));
    };
    const persona = { waiting: ['Hold on.', 'A moment.'], stillWaiting: ['Still looking.'] };
    expect(await texts({ persona })).toEqual(['Hold on.', 'Still looking.', 'Sent.']);
    expect(await texts({ persona, history: 1 })).toEqual(['A moment.', 'Still looking.', 'Sent.']);
    expect(await texts({ persona: { waiting: [], stillWaiting: [] } })).toEqual(['Sent.']);
    expect(await texts({ persona: { language: 'de-AT' } })).toEqual([
      ...WAITING_WORDS.de!.waiting,
      ...WAITING_WORDS.de!.stillWaiting,
      'Sent.',
    ]);
  });

  it('a persona without tools answers as it always does', async () => {
    const { tools: _, ...none } = CLERK;
    const { clock, told } = scene(
      async function* (says, _tools, wait) {
        await wait(5000);
        yield says('Yes.');
      },
      { persona: { ...none, tools: undefined } as never },
    );
    await clock.advance(5000);
    expect(told).toEqual(['5000 Yes.']);
    expect(PERSONA.waiting).toBeUndefined();
  });

  it('[C1] no timer is left where the answer fails', async () => {
    const { clock, over } = scene(async function* (says, tools) {
      await tools(100);
      if (clock.nowMs() > 0) throw new Error('the line is dead');
      yield says('never');
    });
    await clock.advance(100);
    await expect(over).rejects.toThrow('dead');
    expect(clock.pending).toBe(0);
  });
});
