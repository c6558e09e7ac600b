import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProviderError } from '../base/errors.ts';
import { LISTEN_RATE } from '../base/rates.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { batched } from './batched.ts';
import { Listener, type Utterance } from './listener.ts';
import type { Vocabulary } from './names.ts';
import type { EndOfTurn, RecognitionEvents, SpeechToText, VoiceActivityProvider } from './ports.ts';

const NO_MODEL: EndOfTurn = { done: async () => Promise.reject(new Error('there is none')) };
const FRAME = LISTEN_RATE / 50;
const WINDOW = 512;
const WORD_MS = 300;
const LOUD = 10_000;

/** Speech is any sample that is not zero, held for two windows, like the real detector. */
class FakeVad implements VoiceActivityProvider {
  /** Samples it was given. */
  pushed = 0;
  closed = 0;
  open(onWindow: (speech: boolean, endSample: number) => void) {
    let rest: number[] = [];
    let position = 0;
    let hold = 0;
    return {
      push: (pcm: Int16Array) => {
        this.pushed += pcm.length;
        rest.push(...pcm);
        while (rest.length >= WINDOW) {
          const window = rest.slice(0, WINDOW);
          rest = rest.slice(WINDOW);
          position += WINDOW;
          hold = window.some(sample => sample !== 0) ? 2 : hold - 1;
          onWindow(hold > 0, position);
        }
      },
      close: () => {
        this.closed += 1;
      },
    };
  }
}

interface Happened {
  what: 'started' | 'partial' | 'candidate' | 'resumed' | 'continued' | 'nothing' | 'failed';
  text?: string;
  atMs: number;
}

let clock: VirtualClock;
let vad: FakeVad;
let listener: Listener;
let happened: Happened[];
let utterances: Utterance[];
/** What each numbered word is; word 0 is silence. A sample of a word is its number, made loud. */
let vocabulary: string[];
let asrMs: number;
let mayContinue: boolean;
/** What the recognizer makes of what was said. */
let reads: (text: string) => string;
let endOfTurn: EndOfTurn | undefined;
/** Has the recognizer say how sure it is that they are done. */
let told: (done: number) => void;
let vocabularyOf: Vocabulary;
let asrFails: Error | undefined;
let transcriptions: { final: boolean; samples: number; aborted: boolean }[];

/** Reads the numbers back from the samples, each word once. */
const asr: SpeechToText = {
  async transcribe(pcm, { signal, final }) {
    const note = { final, samples: pcm.length, aborted: false };
    transcriptions.push(note);
    await clock.wait(asrMs);
    note.aborted = signal.aborted;
    signal.throwIfAborted();
    if (asrFails !== undefined) throw asrFails;
    const heard: number[] = [];
    for (const sample of pcm) if (sample !== 0 && sample !== heard.at(-1)) heard.push(sample);
    return {
      text: reads(
        heard
          .map(sample => vocabulary[sample - LOUD] ?? '')
          .join(' ')
          .trim(),
      ),
    };
  },
};

beforeEach(() => {
  clock = new VirtualClock();
  vad = new FakeVad();
  [happened, utterances, transcriptions] = [[], [], []];
  vocabulary = [''];
  [asrMs, asrFails] = [60, undefined];
  mayContinue = false;
  reads = text => text;
  endOfTurn = undefined;
  vocabularyOf = { names: [], hotWords: [] };
  const recognizer = batched(asr, clock);
  const open = (speaker: string, on: RecognitionEvents) => {
    told = done => on.done?.(done);
    return recognizer.open(speaker, on);
  };
  let ids = 0;
  const note = (what: Happened['what']) => (_id: string, text?: unknown) => {
    happened.push({ what, atMs: clock.nowMs(), ...(typeof text === 'string' && { text }) });
  };
  listener = new Listener(
    'ann',
    {
      clock,
      vad,
      recognizer: { capabilities: recognizer.capabilities, open },
      newId: () => `u${++ids}`,
      endOfTurn: {
        get busy() {
          return endOfTurn?.busy ?? false;
        },
        done: (...args) => (endOfTurn ?? NO_MODEL).done(...args),
      },
    },
    { asked: () => '', vocabulary: () => vocabularyOf, mayContinue: () => mayContinue },
    {
      judged: () => {},
      continued: (id, begun) => happened.push({ what: 'continued', atMs: clock.nowMs(), text: `${begun} is ${id}` }),
      started: note('started'),
      partial: note('partial'),
      paused: () => {},
      candidate: note('candidate'),
      resumed: note('resumed'),
      nothing: note('nothing'),
      failed: note('failed'),
      utterance: utterance => utterances.push(utterance),
    },
  );
});
afterEach(async () => {
  listener.close();
  await clock.advance(10_000);
  expect(clock.pending).toBe(0);
  expect(vad.closed).toBe(1);
});

const loud = (word: number): number => (word === 0 ? 0 : LOUD + word);
async function play(ms: number, sample: (atMs: number) => number, audible = true): Promise<void> {
  for (let at = 0; at < ms; at += 20) {
    listener.push(new Int16Array(FRAME).fill(loud(sample(at))), audible);
    await clock.advance(20);
  }
}
/** Says words, 300 ms each. */
async function say(text: string): Promise<number> {
  const words = text.split(' ');
  const first = vocabulary.length;
  vocabulary.push(...words);
  await play(words.length * WORD_MS, atMs => first + Math.floor(atMs / WORD_MS));
  return clock.nowMs();
}
const silence = (ms: number, audible = true) => play(ms, () => 0, audible);
const count = (what: Happened['what']) => happened.filter(each => each.what === what).length;

describe('listening to one person', () => {
  it('hears a sentence, and says when it began and ended', async () => {
    await silence(500);
    const begin = clock.nowMs();
    const end = await say('How are you today?');
    await silence(1500);
    expect(utterances.map(({ text }) => text)).toEqual(['How are you today?']);
    const [utterance] = utterances;
    expect(Math.abs(utterance!.startMs - begin)).toBeLessThan(64);
    expect(Math.abs(utterance!.endMs - end)).toBeLessThan(64);
    expect(utterance!.endpointMs - utterance!.endMs).toBeLessThan(500);
    expect(listener.speaking).toBe(false);
  });

  it('hears every sentence of several, each once', async () => {
    for (const text of ['My name is Ann.', 'I live by the sea.', 'Where do you live?']) {
      await say(text);
      await silence(2000);
    }
    expect(utterances.map(({ text }) => text)).toEqual(['My name is Ann.', 'I live by the sea.', 'Where do you live?']);
    expect(new Set(utterances.map(({ id }) => id)).size).toBe(3);
  });

  it('does not start for a click shorter than speech', async () => {
    await silence(320);
    await play(20, () => 1);
    // The detector holds on to the click for one window more: two in a row would be a start.
    await silence(1000);
    expect(utterances).toEqual([]);
  });

  it('takes speech without words for nothing', async () => {
    vocabulary.push('[cough]');
    await play(400, () => 1);
    await silence(1500);
    expect(happened.map(({ what }) => what).filter(what => what !== 'partial')).toEqual(['started', 'nothing']);
    expect(utterances).toEqual([]);
  });

  it('shows growing words while somebody speaks', async () => {
    await say('one two three four five six seven eight nine ten.');
    await silence(1500);
    const partials = happened.flatMap(({ what, text }) => (what === 'partial' ? [text!] : []));
    expect(partials.length).toBeGreaterThan(3);
    expect(partials.every((text, i) => i === 0 || text.startsWith(partials[i - 1]!))).toBe(true);
  });

  it('asks a slow recognizer less often', async () => {
    asrMs = 20;
    await say('one two three four five six seven eight nine ten one two three four five six seven eight nine ten.');
    await silence(1500);
    const quick = transcriptions.filter(({ final }) => !final).length;
    transcriptions = [];
    asrMs = 500;
    await say('one two three four five six seven eight nine ten one two three four five six seven eight nine ten.');
    await silence(3000);
    const slow = transcriptions.filter(({ final }) => !final).length;
    expect(slow).toBeLessThan(quick / 2);
    expect(slow).toBeGreaterThan(0);
  });
});

describe('a pause in mid-sentence', () => {
  it('takes the reading of the pause back when the person goes on, and stops the recognizer', async () => {
    asrMs = 300;
    await say('I went to the market.');
    await silence(240);
    await say('And then home.');
    await silence(2500);
    expect(count('resumed')).toBe(1);
    expect(transcriptions.some(({ final, aborted }) => final && aborted)).toBe(true);
    expect(utterances.map(({ text }) => text)).toEqual(['I went to the market. And then home.']);
  });

  it('makes no candidate of words that trail off', async () => {
    await say('I would like to go to the');
    await silence(900);
    expect(count('candidate')).toBe(0);
    await silence(2500);
    expect(utterances.map(({ text }) => text)).toEqual(['I would like to go to the']);
  });

  it('a click in the pause neither ends nor restarts anything', async () => {
    await say('How are you?');
    await silence(160);
    await silence(2000);
    expect(count('started')).toBe(1);
    expect(utterances).toHaveLength(1);
  });
});

describe('a very long monologue', () => {
  const numbers = (n: number) => Array.from({ length: n }, (_, i) => `w${i + 1}`).join(' ');
  /** A word that lies on a cut is heard on both sides of it. */
  const once = (text: string) => text.split(' ').filter((word, i, words) => word !== words[i - 1]);

  it('loses no word and repeats none, however long it is', async () => {
    await say(numbers(300));
    await silence(3000);
    expect(utterances).toHaveLength(1);
    expect(once(utterances[0]!.text).join(' ')).toBe(numbers(300));
  });

  it('[C2] never gives the recognizer more than 26 s at once', async () => {
    await say(numbers(200));
    await silence(3000);
    expect(Math.max(...transcriptions.map(({ samples }) => samples)) / LISTEN_RATE).toBeLessThan(26);
  });

  it('repeats nothing when a piece is folded away while the pause after it is being read', async () => {
    asrMs = 500;
    // The limit of 25 s is passed in the middle of the pause.
    await say(numbers(82));
    await silence(1000);
    await say('end.');
    await silence(4000);
    expect(once(utterances.map(({ text }) => text).join(' ')).join(' ')).toBe(`${numbers(82)} end.`);
  });
});

describe('[L1] nothing that was said is lost', () => {
  const heard = () => utterances.map(({ id, text }) => `${id} ${text}`);

  it('reads who goes on within two seconds again, as one utterance under its first name', async () => {
    mayContinue = true;
    await say('I went to the market.');
    await silence(1400);
    await say('And then home.');
    await silence(2500);
    expect(heard()).toEqual(['u1 I went to the market.', 'u1 I went to the market. And then home.']);
    expect(happened.filter(({ what }) => what === 'continued').map(({ text }) => text)).toEqual(['u2 is u1']);
  });

  it('is another utterance where the answer to the first was heard, or after a while', async () => {
    await say('I went to the market.');
    await silence(1400);
    await say('And then home.');
    await silence(2500);
    mayContinue = true;
    await silence(2000);
    await say('How are you?');
    await silence(2500);
    expect(heard()).toEqual(['u1 I went to the market.', 'u2 And then home.', 'u3 How are you?']);
  });

  it('leaves an utterance as it was when a cough follows, and hears what comes after that', async () => {
    mayContinue = true;
    await say('I went to the market.');
    await silence(600);
    vocabulary.push('');
    await play(200, () => vocabulary.length - 1);
    await silence(500);
    await say('And then home.');
    await silence(2500);
    expect(heard().at(-1)).toMatch(/^u1 I went to the market\. +And then home\.$/);
    expect(count('nothing')).toBe(1);
  });

  it('joins what read as nothing to what follows within three seconds', async () => {
    vocabulary.push('ask');
    reads = text => (text === 'ask' ? '' : text);
    await play(300, () => vocabulary.length - 1);
    await silence(1500);
    await say('what you can do.');
    await silence(2500);
    expect(utterances.map(({ text }) => text)).toEqual(['ask what you can do.']);
  });

  it('forgets what read as nothing after that', async () => {
    vocabulary.push('ask');
    reads = text => (text === 'ask' ? '' : text);
    await play(300, () => vocabulary.length - 1);
    await silence(5000);
    await say('How are you?');
    await silence(2500);
    expect(utterances.map(({ text }) => text)).toEqual(['How are you?']);
  });

  it('gives the recognizer a sound that was too short for a start, with what follows', async () => {
    vocabulary.push('I');
    await play(20, () => vocabulary.length - 1);
    await silence(900);
    await say('think so.');
    await silence(2500);
    expect(utterances.map(({ text }) => text)).toEqual(['I think so.']);
  });

  it('reads what was being said when the microphone is closed', async () => {
    await say('How are');
    await play(80, () => 0);
    const finished = listener.finish();
    await clock.advance(200);
    await finished;
    expect(utterances.map(({ text }) => text)).toEqual(['How are']);
  });

  it('waits longer for somebody who was cut off', async () => {
    mayContinue = true;
    const waitMs = async () => {
      await say('I live by the sea.');
      await silence(5000);
      return utterances.at(-1)!.endpointMs - utterances.at(-1)!.endMs;
    };
    const before = await waitMs();
    for (let i = 0; i < 3; i++) {
      await say('I went to the market.');
      await silence(1400);
      await say('And then home.');
      await silence(1400);
    }
    await silence(3000);
    expect(await waitMs()).toBeGreaterThan(before + 50);
  });
});

describe('somebody far away', () => {
  const television = async (ms: number) => {
    vocabulary.push('news');
    for (let at = 0; at < ms; at += 20) {
      listener.push(new Int16Array(FRAME).fill(100 + (at % 40)), true);
      await clock.advance(20);
    }
  };

  it('is not listened to once it is known how loud the person is', async () => {
    await say('How are you today?');
    await silence(2500);
    await television(3000);
    await silence(2500);
    expect(count('started')).toBe(1);
  });

  it('is somebody, while nobody else was heard', async () => {
    await television(2000);
    expect(count('started')).toBe(1);
  });
});

describe('words that matter in the room', () => {
  it('correct what sounds like them', async () => {
    vocabularyOf = { names: ['Ollie'], hotWords: [] };
    await say('Hello Ali.');
    await silence(2500);
    expect(utterances.map(({ text }) => text)).toEqual(['Hello Ollie.']);
  });
});

describe('whether somebody is done by the sound of it', () => {
  it.each([
    ['sooner where the model hears an end', 0.98, 'less'],
    ['later where it hears that more is coming', 0.02, 'more'],
  ])('is answered %s', async (_, sound, than) => {
    await say('I live by the sea.');
    await silence(4000);
    const without = utterances[0]!.endpointMs - utterances[0]!.endMs;
    endOfTurn = { done: async () => sound };
    await say('I live by the sea.');
    await silence(4000);
    const withIt = utterances[1]!.endpointMs - utterances[1]!.endMs;
    expect(than === 'less' ? withIt < without : withIt > without + 100).toBe(true);
  });

  it.each([
    ['fails', async () => Promise.reject(new ProviderError('internal', 'gone', { retryable: true }))],
    ['is slow', () => new Promise<number>(() => {})],
  ])('is judged without the model where that %s', async (_, done) => {
    endOfTurn = { done };
    await say('How are you today?');
    await silence(2500);
    expect(utterances).toHaveLength(1);
  });
});

describe('a recognizer that hears ends', () => {
  /** How long it took. @param atMs of the pause */
  const waited = async (says: readonly (readonly [atMs: number, done: number])[]) => {
    const before = utterances.length;
    await say('I live by the sea');
    let at = 0;
    for (const [atMs, done] of says) {
      await silence(atMs - at);
      told(done);
      at = atMs;
    }
    await silence(5000);
    expect(utterances.length).toBe(before + 1);
    return utterances.at(-1)!.endpointMs - utterances.at(-1)!.endMs;
  };

  it.each([
    ['before the words are read', 100],
    ['while it is waited', 500],
  ])('is a witness: who is done is answered sooner, who is not later; told %s', async (_, atMs) => {
    const without = await waited([]);
    const sooner = await waited([[atMs, 0.98]]);
    expect(sooner).toBeLessThan(without);
    expect(sooner).toBeGreaterThanOrEqual(atMs - 64);
    expect(await waited([[atMs, 0.02]])).toBeGreaterThan(without);
  });

  it('may take back what it said', async () => {
    const without = await waited([]);
    const taken = await waited([
      [200, 0.98],
      [220, 0.02],
    ]);
    expect(taken).toBeGreaterThan(without);
  });

  it('is not believed more than the model: they are heard together', async () => {
    endOfTurn = { done: async () => 0.02 };
    const model = await waited([]);
    const both = await waited([[100, 0.98]]);
    endOfTurn = undefined;
    const alone = await waited([[100, 0.98]]);
    expect(both).toBeLessThan(model);
    expect(both).toBeGreaterThan(alone);
  });

  it('has nothing to say of the next pause, nor while somebody speaks', async () => {
    const without = await waited([]);
    told(0.98);
    expect(await waited([])).toBeCloseTo(without, 3);
  });
});

describe('an end-of-turn model that is busy', () => {
  it('is asked only where the words leave doubt, and after them', async () => {
    const askedAfter: number[] = [];
    endOfTurn = {
      busy: true,
      done: async () => {
        askedAfter.push(count('partial'));
        return 0.02;
      },
    };
    await say('Where do you live?');
    await silence(2500);
    expect(askedAfter).toEqual([]);
    const before = count('partial');
    await say('I live by the sea.');
    await silence(4000);
    expect(askedAfter[0]).toBeGreaterThan(before);
  });
});

describe('when the recognizer fails', () => {
  it('tries again for a while: what was said is not lost', async () => {
    asrFails = new ProviderError('internal', 'restarting', { retryable: true });
    await say('How are you?');
    await silence(600);
    asrFails = undefined;
    await silence(2000);
    expect(utterances.map(({ text }) => text)).toEqual(['How are you?']);
    expect(count('failed')).toBe(0);
  });

  it('says so when it does not come back, and listens on', async () => {
    asrFails = new ProviderError('internal', 'restarting', { retryable: true });
    await say('How are you?');
    await silence(17_000);
    expect(count('failed')).toBe(1);
    asrFails = undefined;
    await say('Are you there?');
    await silence(2000);
    expect(utterances.map(({ text }) => text)).toEqual(['Are you there?']);
  });

  it('says so at once where trying again is no use', async () => {
    asrFails = new ProviderError('auth', 'wrong key', { retryable: false });
    await say('How are you?');
    await silence(600);
    expect(count('failed')).toBe(1);
  });
});

describe('silence that is not transmitted', () => {
  it('is not given to the detector after a while, and positions stay right', async () => {
    await silence(1000);
    const before = vad.pushed;
    await silence(10_000, false);
    expect((vad.pushed - before) / LISTEN_RATE).toBeLessThan(0.7);
    const begin = clock.nowMs();
    const end = await say('How are you today?');
    await silence(1500);
    expect(utterances.map(({ text }) => text)).toEqual(['How are you today?']);
    expect(Math.abs(utterances[0]!.startMs - begin)).toBeLessThan(70);
    expect(Math.abs(utterances[0]!.endMs - end)).toBeLessThan(70);
  });

  it('ends a turn as transmitted silence does', async () => {
    await say('How are you today?');
    await silence(3000, false);
    expect(utterances.map(({ text }) => text)).toEqual(['How are you today?']);
  });

  it('keeps positions right over many stretches', async () => {
    for (let i = 0; i < 5; i++) {
      await silence(1700 + i * 130, false);
      const begin = clock.nowMs();
      await say('Hello again.');
      await silence(1200, false);
      expect(Math.abs(utterances.at(-1)!.startMs - begin)).toBeLessThan(70);
    }
    expect(utterances.map(({ text }) => text)).toEqual(Array.from({ length: 5 }, () => 'Hello again.'));
  });
});

describe('[C1] closing in mid-sentence', () => {
  it('leaves no timer while the recognizer is being tried again', async () => {
    asrFails = new ProviderError('internal', 'restarting', { retryable: true });
    await say('How are you?');
    await silence(400);
    expect(clock.pending).toBeGreaterThan(0);
    listener.close();
    await clock.advance(asrMs);
    expect(clock.pending).toBe(0);
  });

  it('tells nothing more and leaves no timer', async () => {
    await say('How are');
    listener.close();
    const { length } = happened;
    await silence(3000);
    await clock.advance(5000);
    expect(happened).toHaveLength(length);
    expect(utterances).toEqual([]);
  });
});
