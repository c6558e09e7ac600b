import { describe, expect, it } from 'vitest';
import type { VoiceActivityProvider } from '../listen/ports.ts';
import { PERSONA } from '../testing/scene.ts';
import type { Dialogue, ReplyPart } from '../think/ports.ts';
import { ReplayClock } from './replay-clock.ts';
import { virtualDialogue, virtualVad } from './virtual-parts.ts';

const text = (words: string): ReplyPart => ({ type: 'text', text: words });
const CONVERSATION = { persona: PERSONA, history: [], turn: [] };

/** A clock with a stopwatch that a provider moves. */
function stopwatch() {
  const watch = { ms: 0 };
  return { watch, clock: new ReplayClock(0, () => watch.ms) };
}

/** Reads an answer, taking its time with each part; what came, and when. */
async function read(
  inner: Dialogue['reply'],
  clock: ReplayClock,
  eachMs: number,
  signal = new AbortController().signal,
) {
  const heard: [string, number][] = [];
  const reading = (async () => {
    const dialogue = virtualDialogue({ name: 'inner', reply: inner }, clock);
    for await (const part of dialogue.reply(CONVERSATION, { signal, committed: new Promise(() => {}) })) {
      heard.push([part.type === 'text' ? part.text : part.type, clock.nowMs()]);
      await new Promise<void>(resolve => clock.after(eachMs, resolve));
    }
  })();
  reading.catch(() => {});
  await clock.play(10_000);
  return { heard, reading };
}

describe('a streamed answer in virtual time', () => {
  it('comes in parts, each when it was there', async () => {
    const { watch, clock } = stopwatch();
    const { heard } = await read(
      async function* () {
        watch.ms += 300;
        yield text('one');
        watch.ms += 50;
        yield text('two');
      },
      clock,
      0,
    );
    expect(heard).toEqual([
      ['one', 300],
      ['two', 350],
    ]);
  });

  it('goes on being written while what was written is spoken', async () => {
    const { watch, clock } = stopwatch();
    const { heard } = await read(
      async function* () {
        for (const word of ['one', 'two', 'three']) {
          watch.ms += 100;
          yield text(word);
        }
      },
      clock,
      250,
    );
    expect(heard.map(([, atMs]) => atMs)).toEqual([100, 350, 600]);
  });

  it('fails when it failed, after what had come', async () => {
    const { watch, clock } = stopwatch();
    const { heard, reading } = await read(
      async function* () {
        watch.ms += 100;
        yield text('one');
        throw new Error('reset');
      },
      clock,
      0,
    );
    expect(heard).toEqual([['one', 100]]);
    await expect(reading).rejects.toThrow('reset');
  });

  it('[T6] ends at once where it is not wanted any more, though the provider never answers', async () => {
    const { clock } = stopwatch();
    const controller = new AbortController();
    clock.after(0, () => controller.abort(new Error('somebody spoke')));
    const { heard, reading } = await read(
      async function* () {
        await new Promise(() => {});
      },
      clock,
      0,
      controller.signal,
    );
    expect(heard).toEqual([]);
    await expect(reading).rejects.toThrow('somebody spoke');
  });
});

describe('a detector in virtual time', () => {
  it('decides in order, as late as it was, and time waits for it', async () => {
    const { watch, clock } = stopwatch();
    const told: [number, number][] = [];
    /** Takes 30 ms for its first window and 1 ms for others, and answers later than it is asked. */
    const slow: VoiceActivityProvider = {
      open: onWindow => {
        let windows = 0;
        return {
          push: () =>
            setImmediate(() => {
              watch.ms += windows === 0 ? 30 : 1;
              onWindow(true, 512 * ++windows);
            }),
          close: () => {},
        };
      },
    };
    const activity = virtualVad(slow, clock).open((_speech, endSample) => told.push([endSample, clock.nowMs()]));
    for (const atMs of [0, 32, 64]) clock.after(atMs, () => activity.push(new Int16Array(512)));
    await clock.play(1000);
    expect(told).toEqual([
      [512, 30],
      [1024, 33],
      [1536, 65],
    ]);
  });
});
