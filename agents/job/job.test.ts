import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobOffer } from '../../protocol/agents.ts';
import type { LogEntry } from '../../protocol/conversation.ts';
import { DEFAULT_CONSENT } from '../../protocol/feelings.ts';
import type { Fact } from '../../protocol/memory.ts';
import { systemClock } from '../base/clock.ts';
import type { Line, LineEvents } from '../line/port.ts';
import { batched } from '../listen/batched.ts';
import { createAgentMetrics } from '../metrics/metrics.ts';
import type { Performance } from '../perform/port.ts';
import type { Responder } from '../respond/port.ts';
import type { StreamEvents } from '../sight/eyes.ts';
import type { FaceWatcher } from '../sight/face-watch.ts';
import type { RecordedEvent } from '../tape/format.ts';
import type { Recording } from '../tape/recording.ts';
import type { Subject } from '../tape/recordings.ts';
import { PERSONA } from '../testing/scene.ts';
import type { JobDeps } from './deps.ts';
import { JobRunner } from './job.ts';

const CANDLES: Fact = { key: 'product', value: 'candles', text: 'They sell candles.' };
const person = (identity: string, over = {}) => ({
  identity,
  name: identity,
  remember: true,
  memories: [],
  revision: 0,
  consent: { ...DEFAULT_CONSENT, feelings: true },
  ...over,
});
const HAPPY = { source: 'face' as const, emotions: { happy: 0.9 }, valence: 0.8, arousal: 0.6, confidence: 0.9 };
const jpeg = new Uint8Array([1, 2, 3]);

/** Eyes that see what the test shows them. */
class FakeEyes {
  readonly open_ = new Map<string, { feelings: boolean; events: StreamEvents }>();
  readonly frames: string[] = [];
  open(name: string, feelings: boolean, events: StreamEvents): void {
    this.open_.set(name, { feelings, events });
  }
  push(name: string): void {
    this.frames.push(name);
  }
  async look(name: string): Promise<Uint8Array | undefined> {
    return this.open_.has(name) ? jpeg : undefined;
  }
  shut(name: string): void {
    this.open_.delete(name);
  }
}

const silentStage: Performance = {
  capabilities: { pauses: 'exact', position: 'sample', mouth: 'ours' },
  begin: () => {},
  speech: () => {},
  complete: () => {},
  pause: () => {},
  resume: () => {},
  cancel: () => {},
  mood: () => {},
};

let eyes: FakeEyes;
/** Who reads faces in the eyes’ place. */
let faces: JobDeps['faces'];
/** What the line was told. */
let sent: string[];
let told: { name: string; payload: object }[];
let media: LineEvents;
let job: JobRunner;
let looked: (() => Promise<unknown[]>) | undefined;
/** Ends the recording. */
let cut: () => void;
/** What a recording was told. */
let recorded: string[];
/** Everything that the dialogue was given, as text. */
let given: string;
/** Another job on the same line. */
let open: (over: Partial<JobOffer>) => JobRunner;

beforeEach(() => {
  eyes = new FakeEyes();
  faces = undefined;
  [sent, told, recorded] = [[], [], []];
  looked = undefined;
  given = '';
  const line: Line = {
    ears: {
      listen: (identity, { ssrc }) => sent.push(`listen ${identity} ${ssrc}`),
      unlisten: identity => sent.push(`unlisten ${identity}`),
      see: ({ identity, source, ssrc }) => sent.push(`see ${identity} ${source} ${ssrc}`),
      unsee: (identity, source) => sent.push(`unsee ${identity} ${source ?? 'all'}`),
      resee: (identity, source) => sent.push(`resee ${identity} ${source}`),
    },
    stage: silentStage,
    attach: events => {
      media = events;
    },
    connect: (ip, port) => sent.push(`connect ${ip} ${port}`),
    viewers: (count, bitrate) => sent.push(`viewers ${count} ${bitrate}`),
    stats: () => Promise.reject(new Error('no counters')),
    close: async () => void sent.push('close'),
  };
  const responder: Responder = {
    name: 'test',
    capabilities: { ears: false, speculates: true, cuts: 'exact' },
    async *respond(conversation) {
      const { look } = conversation;
      given += JSON.stringify(conversation);
      const { signal } = new AbortController();
      looked = look === undefined ? undefined : () => look({ signal });
    },
    async *say() {},
  };
  const deps: JobDeps = {
    vad: { open: () => ({ push: () => {}, close: () => {} }) },
    recognizer: batched({ transcribe: async () => ({ text: '' }) }, systemClock),
    endpointing: {},
    responder: () => responder,
    alarm: { raise: () => {} },
    greeting: ({ greeting }) => greeting,
    learner: { learn: async () => [CANDLES] },
    voiceSense: { hear: async () => undefined, forget: () => {} },
    eyes,
    recordings: {
      begin: ({ conversation }: Subject, over: () => void) => {
        cut = over;
        recorded.push(conversation);
        return {
          person: () => 0,
          at: () => 0,
          event: ({ type }: RecordedEvent) => void recorded.push(type),
          heard: (identity: string) => void recorded.push(`sound of ${identity}`),
        } as Partial<Recording> as Recording;
      },
      end: async () => void recorded.push('end'),
    },
    metrics: createAgentMetrics(),
    log: pino({ level: 'silent' }),
  };
  const offer = {
    jobId: 'job-1',
    room: 'red',
    identity: 'avatar',
    line: { kind: 'rtp' as const },
    people: [person('ann')],
    history: [],
    earlier: [],
  };
  open = over =>
    JobRunner.open(
      { ...offer, ...over },
      PERSONA,
      line,
      { ...deps, ...(faces !== undefined && { faces }) },
      {
        send: (name, payload) => told.push({ name, payload }),
        failed: () => {},
      },
    );
  job = open({});
});
afterEach(() => job.close());

const camera = { identity: 'ann', source: 'camera' as const, codec: 'vp8' as const, ssrc: 7, payloadType: 96 };
const feelings = () => told.filter(({ name }) => name === 'job.feeling').map(({ payload }) => payload);
const typed = (text: string, over: Partial<LogEntry> = {}): LogEntry => ({
  id: text,
  turnId: text,
  speaker: 'ann',
  speakerName: 'ann',
  role: 'user',
  source: 'text',
  text,
  final: true,
  atMs: 1,
  ...over,
});
const type = (text: string) => job.typed(typed(text));
/** On a busy machine. */
const PATIENCE = { timeout: 10_000, interval: 5 };

describe('the line', () => {
  it('is told where its other side is, who is to be heard, and how many watch', () => {
    job.tell('connect', '127.0.0.1', 4000);
    job.tell('listen', 'ann', 'Ann', { identity: 'ann', name: 'Ann', ssrc: 5, payloadType: 111 });
    job.tell('viewers', 2, 400_000);
    job.tell('left', 'ann');
    expect(sent).toEqual([
      'connect 127.0.0.1 4000',
      'listen ann 5',
      'viewers 2 400000',
      'unlisten ann',
      'unsee ann all',
    ]);
  });

  it('[C1] closes with the job, once', async () => {
    await Promise.all([job.close(), job.close()]);
    expect(sent).toEqual(['close']);
  });
});

describe('a camera', () => {
  it('is seen for feelings, which are told to the room and change with consent', () => {
    job.tell('see', camera);
    expect(sent).toContain('see ann camera 7');
    media.saw?.('ann', 'camera', new Uint8Array([1]));
    expect(eyes.frames).toEqual(['job-1/camera/ann']);
    const { feelings: reads, events } = eyes.open_.get('job-1/camera/ann')!;
    expect(reads).toBe(true);
    events.reading(HAPPY);
    expect(feelings()).toMatchObject([{ jobId: 'job-1', identity: 'ann', feeling: { label: 'happy' } }]);
    job.tell('consent', 'ann', { ...DEFAULT_CONSENT, feelings: false, sight: true });
    expect(feelings().at(-1)).toMatchObject({ feeling: null });
    expect(eyes.open_.get('job-1/camera/ann')!.feelings).toBe(false);
    events.reading(HAPPY);
    expect(feelings()).toHaveLength(2);
  });

  it('is read by a model where there is one and its person allows it; while that rests, the eyes read', () => {
    let watcher: FaceWatcher | undefined;
    let stopped = 0;
    faces = {
      allows: ({ feelings: noticed, sight }) => noticed && sight,
      watch: (stream, told) => {
        expect(stream).toBe('job-2/camera/ann');
        watcher = told;
        return () => {
          stopped += 1;
        };
      },
    };
    const seen = open({ jobId: 'job-2' });
    seen.tell('see', camera);
    const reads = () => eyes.open_.get('job-2/camera/ann')!.feelings;
    expect([watcher, reads()]).toEqual([undefined, true]);
    seen.tell('consent', 'ann', { ...DEFAULT_CONSENT, feelings: true, sight: true });
    expect(reads()).toBe(false);
    watcher!.reading(HAPPY);
    expect(feelings().at(-1)).toMatchObject({ identity: 'ann', feeling: { label: 'happy' } });
    watcher!.resting(true);
    expect(reads()).toBe(true);
    watcher!.resting(false);
    expect(reads()).toBe(false);
    seen.tell('consent', 'ann', { ...DEFAULT_CONSENT, feelings: true });
    expect([stopped, reads()]).toEqual([1, true]);
    seen.tell('consent', 'ann', { ...DEFAULT_CONSENT, feelings: true, sight: true });
    seen.tell('unsee', 'ann', 'camera');
    expect(stopped).toBe(2);
  });

  it('is asked for a keyframe when frames were lost', () => {
    job.tell('see', camera);
    eyes.open_.get('job-1/camera/ann')!.events.lost();
    expect(sent).toContain('resee ann camera');
  });

  it('is forgotten when it is off, and with its person, and with the call', async () => {
    job.tell('see', camera);
    eyes.open_.get('job-1/camera/ann')!.events.reading(HAPPY);
    job.tell('unsee', 'ann', 'camera');
    expect(eyes.open_.size).toBe(0);
    expect(feelings().at(-1)).toMatchObject({ feeling: null });
    job.tell('see', camera);
    job.tell('left', 'ann');
    expect(eyes.open_.size).toBe(0);
    job.joined(person('bob'));
    job.tell('see', { ...camera, identity: 'bob' });
    await job.close();
    expect(eyes.open_.size).toBe(0);
  });

  it('is a picture for the dialogue with consent only', async () => {
    job.tell('see', camera);
    type('What am I holding?');
    await vi.waitUntil(() => looked !== undefined, PATIENCE);
    expect(await looked!()).toEqual([]);
    job.tell('consent', 'ann', { ...DEFAULT_CONSENT, sight: true });
    expect(await looked!()).toEqual([{ identity: 'ann', name: 'ann', source: 'camera', jpeg }]);
  });
});

describe('what is learned', () => {
  it('goes to the server with the turn it was said in', async () => {
    type('I sell candles.');
    const facts = () => told.filter(({ name }) => name === 'job.facts');
    await vi.waitUntil(() => facts().length > 0, PATIENCE);
    // Whose it is goes along the first time.
    const owner = expect.objectContaining({ key: 'owner' });
    expect(facts()).toEqual([
      {
        name: 'job.facts',
        payload: { jobId: 'job-1', identity: 'ann', turnId: 'I sell candles.', facts: [CANDLES, owner], revision: 0 },
      },
    ]);
  });
});

describe('[S1] what is for people only', () => {
  const PEOPLE = { audience: 'people' as const };

  it('is not given to the dialogue: not as it is typed, nor taken over, nor from an earlier conversation', async () => {
    await job.close();
    job = open({
      history: [typed('It rains.'), typed('The xylophone is hidden.', PEOPLE)],
      earlier: [typed('The xylophone was bought.', PEOPLE)],
    });
    job.typed(typed('Say nothing of the xylophone.', PEOPLE));
    type('How are you?');
    await vi.waitUntil(() => given.includes('How are you?'), PATIENCE);
    expect(given).toContain('It rains.');
    expect(given).not.toContain('xylophone');
    expect(JSON.stringify(told)).not.toContain('xylophone');
  });
});

describe('a recording', () => {
  const CONVERSATION = '6b0f3a52-9a3f-4f0b-9d25-0a52b3c4d5e6';
  const track = { identity: 'ann', name: 'ann', ssrc: 5, payloadType: 111 };
  const consent = (recording: boolean) => job.tell('consent', 'ann', { ...DEFAULT_CONSENT, recording });

  it('takes down what comes into the job while its person wants that, and ends with the conversation', async () => {
    job.tell('conversation', CONVERSATION);
    job.tell('listen', 'ann', 'Ann', track);
    media.sound('ann', new Int16Array(320), true);
    expect(recorded).toEqual([]);
    consent(true);
    media.sound('ann', new Int16Array(320), true);
    type('Hello.');
    await vi.waitUntil(() => recorded.includes('turn'), PATIENCE);
    job.tell('unlisten', 'ann');
    consent(false);
    media.sound('ann', new Int16Array(320), true);
    consent(true);
    job.tell('left', 'ann');
    expect(recorded).toEqual([
      CONVERSATION,
      'joined',
      'listen',
      'sound of ann',
      'typed',
      'turn',
      'unlisten',
      'left',
      'joined',
      'left',
    ]);
    job.tell('conversation', undefined);
    expect(recorded.at(-1)).toBe('end');
  });

  it('that ends by itself is told to the server, which puts the note in the call out', () => {
    job.tell('conversation', CONVERSATION);
    consent(true);
    expect(told.filter(({ name }) => name === 'job.unrecorded')).toEqual([]);
    cut();
    expect(told.at(-1)).toEqual({ name: 'job.unrecorded', payload: { jobId: 'job-1' } });
  });

  it('is not begun where the server names no conversation, which is told, so that nobody is shown a note', () => {
    consent(true);
    media.sound('ann', new Int16Array(320), true);
    expect(recorded).toEqual([]);
    expect(told.at(-1)).toEqual({ name: 'job.unrecorded', payload: { jobId: 'job-1' } });
  });
});
