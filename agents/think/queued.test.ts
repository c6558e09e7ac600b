import { describe, expect, it } from 'vitest';
import { Places } from '../base/places.ts';
import { PERSONA } from '../testing/scene.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import type { Conversation, Dialogue } from './ports.ts';
import { QueuedDialogue, queuedNotes } from './queued.ts';

const said = (speaker: string): Conversation => ({
  persona: PERSONA,
  history: [],
  turn: [{ role: 'user', speaker, name: speaker, text: 'Hello.' }],
});

/** A model with one place, whose answers take as long as a test says. */
function bounded(places = 1) {
  const clock = new VirtualClock();
  const asked: string[] = [];
  const inner: Dialogue = {
    name: 'model',
    async *reply({ turn }) {
      asked.push(turn[0]!.speaker);
      await clock.wait(1000);
      yield { type: 'text', text: `For ${turn[0]!.speaker}.` };
    },
  };
  const queue = new Places({ places, clock });
  const dialogue = new QueuedDialogue(inner, queue);
  const ask = (speaker: string, committed: Promise<void> = Promise.resolve(), stop = new AbortController()) => {
    const parts = (async () => {
      let text = '';
      for await (const part of dialogue.reply(said(speaker), { signal: stop.signal, committed }))
        if (part.type === 'text') text += part.text;
      return text;
    })();
    parts.catch(() => {});
    return parts;
  };
  return { clock, asked, queue, ask };
}

describe('answers of a model that gives one at a time', () => {
  it('come to who has spoken before who may have, whoever asked first', async () => {
    const { clock, asked, ask } = bounded();
    const certain = Promise.withResolvers<void>();
    const [ann, bob, eve] = [ask('ann'), ask('bob', new Promise(() => {})), ask('eve', certain.promise)];
    await clock.advance(500);
    certain.resolve();
    await clock.advance(3000);
    expect(await Promise.all([ann, bob, eve])).toEqual(['For ann.', 'For bob.', 'For eve.']);
    expect(asked).toEqual(['ann', 'eve', 'bob']);
  });

  it('are not waited for longer than three seconds: the next entry answers', async () => {
    const { clock, ask, asked } = bounded();
    const four = ['a', 'b', 'c', 'd'].map(each => ask(each));
    await clock.advance(3000);
    await expect(four[3]).rejects.toMatchObject({ category: 'quota' });
    await clock.advance(5000);
    expect(asked).toEqual(['a', 'b', 'c']);
    expect(clock.pending).toBe(0);
  });

  it('[T6] are left at once: who waits behind is asked in the same moment', async () => {
    const { clock, ask, asked } = bounded();
    const stop = new AbortController();
    const ann = ask('ann', Promise.resolve(), stop);
    void ask('bob');
    await clock.advance(100);
    stop.abort('called off');
    await clock.advance(0);
    expect(asked).toEqual(['ann', 'bob']);
    await clock.advance(2000);
    await ann.catch(() => {});
    expect(clock.pending).toBe(0);
  });
});

describe('notes of such a model', () => {
  it('are taken when nobody speaks, each in its turn', async () => {
    const { clock, queue, ask, asked } = bounded();
    const notes = queuedNotes(
      {
        learn: async () => {
          asked.push('learn');
          await clock.wait(100);
          return [];
        },
        async summarise() {
          asked.push('summary');
          return 'short';
        },
      },
      queue,
    );
    const { signal } = new AbortController();
    const first = ask('ann');
    const learned = notes.learn(
      { persona: PERSONA, person: { identity: 'ann', name: 'Ann', facts: [] }, history: [] },
      { signal },
    );
    const summed = notes.summarise!(undefined, [], { signal });
    const second = ask('bob');
    await clock.advance(5000);
    await Promise.all([first, second]);
    expect([await learned, await summed]).toEqual([[], 'short']);
    expect(asked).toEqual(['ann', 'bob', 'learn', 'summary']);
    expect(queuedNotes({ learn: async () => [] }, queue).summarise).toBeUndefined();
  });
});
