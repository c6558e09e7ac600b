import { describe, expect, it } from 'vitest';
import { ProviderError } from '../base/errors.ts';
import { SPEECH_RATE } from '../base/rates.ts';
import type { Responder, Spoken } from '../respond/port.ts';
import { PERSONA } from '../testing/scene.ts';
import { Answering, type AnsweringEvents } from './answering.ts';
import { saidAt } from './floor/said-times.ts';
import { Turn } from './turn.ts';

const CONVERSATION = { persona: PERSONA, history: [], turn: [] };
const SECOND: Spoken = { type: 'speech', pcm: new Int16Array(SPEECH_RATE), events: [], words: [] };
const DEAD = new ProviderError('network', 'the line is dead', { retryable: true });
const settle = () => new Promise(resolve => setImmediate(resolve));

/** A turn that is answered with these; what is an error is thrown. */
function scene(parts: (Spoken | Error)[], events: Partial<AnsweringEvents> = {}, { certain = true } = {}) {
  const told: string[] = [];
  const speak = async function* (): AsyncGenerator<Spoken> {
    for (const part of parts) {
      if (part instanceof Error) throw part;
      yield part;
    }
  };
  const responder: Responder = {
    name: 'scripted',
    capabilities: { ears: false, speculates: true, cuts: 'exact' },
    respond: speak,
    say: speak,
  };
  const answering = new Answering(responder, {
    failed: stage => told.push(`${stage} failed`),
    speechless: () => told.push('speechless'),
    broke: error => told.push(`broke: ${error}`),
    ...events,
  });
  const turn = new Turn({ id: 't', source: 'voice', inputs: [], said: saidAt(0) });
  const commit = () =>
    turn.commit(
      {
        speech: () => told.push('sound'),
        feeling: () => {},
        concern: () => {},
        looking: () => {},
        complete: () => told.push('complete'),
      },
      0,
    );
  if (certain) commit();
  return { answering, turn, told, commit };
}

describe('an answer', () => {
  it('ends its turn when all of it exists', async () => {
    const { answering, turn, told } = scene([SECOND]);
    answering.answer(turn, CONVERSATION);
    await settle();
    expect(told).toEqual(['sound', 'complete']);
  });

  it('that fails is apologised for, and ends the turn if not even that can be said', async () => {
    const { answering, turn, told } = scene([DEAD]);
    answering.answer(turn, CONVERSATION);
    await settle();
    expect(told).toEqual(['dialogue failed', 'dialogue failed', 'speechless']);
  });

  it('that breaks while a failure is told ends its turn all the same, and says so', async () => {
    const { answering, turn, told } = scene([DEAD], {
      failed: () => {
        throw new Error('no such figure');
      },
    });
    answering.answer(turn, CONVERSATION);
    await settle();
    expect(told).toEqual(['broke: Error: no such figure', 'speechless']);
  });

  it('that breaks after some sound is said as far as it exists', async () => {
    const { answering, turn, told } = scene([SECOND, DEAD], {
      failed: () => {
        throw new Error('no such figure');
      },
    });
    answering.answer(turn, CONVERSATION);
    await settle();
    expect(told).toEqual(['sound', 'broke: Error: no such figure', 'complete']);
  });

  it('whose end cannot be told is not silent about it', async () => {
    const { answering, turn, told } = scene([DEAD], {
      speechless: () => {
        throw new Error('the log is gone');
      },
    });
    answering.answer(turn, CONVERSATION);
    await settle();
    expect(told.filter(each => each.startsWith('broke'))).toEqual(Array(2).fill('broke: Error: the log is gone'));
  });

  it('[T5] that breaks in secret ends its turn only once that is certain', async () => {
    const { answering, turn, told, commit } = scene(
      [DEAD],
      {
        failed: () => {
          throw new Error('no such figure');
        },
      },
      { certain: false },
    );
    answering.answer(turn, CONVERSATION);
    await settle();
    expect(told).toEqual(['broke: Error: no such figure']);
    commit();
    await settle();
    expect(told.at(-1)).toBe('speechless');
  });

  it('that was cancelled is no failure', async () => {
    const { answering, turn, told } = scene([DEAD], {}, { certain: false });
    answering.answer(turn, CONVERSATION);
    turn.cancel('more was said');
    await settle();
    expect(told).toEqual([]);
  });
});
