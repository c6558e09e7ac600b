import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_CONSENT } from '../protocol/feelings.ts';
import type { Fact } from '../protocol/memory.ts';
import { JobRunner } from './job.ts';
import type { ConversationMedia, MediaEvents } from './media/conversation-media.ts';
import type { ToMedia } from './media/messages.ts';
import { createAgentMetrics } from './metrics/metrics.ts';
import type { AgentParts } from './parts.ts';
import type { StreamEvents } from './sight/eyes.ts';
import type { RecordedEvent } from './tape/format.ts';
import type { Subject } from './tape/recordings.ts';
import { PERSONA } from './testing/scene.ts';

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

let eyes: FakeEyes;
let sent: ToMedia[];
let told: { name: string; payload: object }[];
let media: MediaEvents;
let job: JobRunner;
let looked: (() => Promise<unknown[]>) | undefined;
/** What a recording was told. */
/** Ends the recording. */
let cut: () => void;
let recorded: string[];

beforeEach(() => {
  eyes = new FakeEyes();
  [sent, told, recorded] = [[], [], []];
  looked = undefined;
  const conversationMedia = {
    face: { bitrate: 800_000 },
    send: (message: ToMedia) => sent.push(message),
    attach: (events: MediaEvents) => {
      media = events;
    },
    close: async () => {},
  } as unknown as ConversationMedia;
  const parts = {
    vad: { open: () => ({ push: () => {}, close: () => {} }) },
    asr: { transcribe: async () => ({ text: '' }) },
    tts: { capabilities: { phones: false, voices: [], prosody: false }, async *speak() {}, close: async () => {} },
    dialogue: {
      name: 'test',
      async *reply({ look }: { look?: (options: { signal: AbortSignal }) => Promise<unknown[]> }) {
        const { signal } = new AbortController();
        looked = look === undefined ? undefined : () => look({ signal });
        yield { type: 'text', text: 'Yes.' };
      },
    },
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
          event: ({ type }: RecordedEvent) => recorded.push(type),
          heard: (identity: string) => recorded.push(`sound of ${identity}`),
        };
      },
      end: async () => void recorded.push('end'),
    },
    metrics: createAgentMetrics(),
  } as unknown as AgentParts;
  const offer = { jobId: 'job-1', room: 'red', identity: 'avatar', people: [person('ann')], history: [], earlier: [] };
  job = new JobRunner(offer, PERSONA, conversationMedia, parts, pino({ level: 'silent' }), {
    send: (name, payload) => told.push({ name, payload }),
    failed: () => {},
  });
});
afterEach(() => job.close());

const camera = { identity: 'ann', source: 'camera' as const, codec: 'vp8' as const, ssrc: 7, payloadType: 96 };
const feelings = () => told.filter(({ name }) => name === 'job.feeling').map(({ payload }) => payload);
const type = (text: string) =>
  job.typed({
    id: text,
    turnId: text,
    speaker: 'ann',
    speakerName: 'ann',
    role: 'user',
    source: 'text',
    text,
    final: true,
    atMs: 1,
  });
/** On a busy machine. */
const PATIENCE = { timeout: 10_000, interval: 5 };

describe('the bitrate of the face', () => {
  const bitrates = () => sent.flatMap(message => (message.type === 'viewers' ? [message.bitrate] : []));

  it('follows the viewers between what an encoder needs and what a face is better for', () => {
    for (const bitrate of [0, 10_000, 400_000, 9_000_000]) job.viewers(0, bitrate);
    expect(bitrates()).toEqual([50_000, 50_000, 400_000, 1_600_000]);
  });
});

describe('a camera', () => {
  it('is seen for feelings, which are told to the room and change with consent', () => {
    job.see(camera);
    expect(sent).toContainEqual({ type: 'see', identity: 'ann', source: 'camera', ssrc: 7 });
    media.saw?.('ann', 'camera', new Uint8Array([1]));
    expect(eyes.frames).toEqual(['job-1/camera/ann']);
    const { feelings: reads, events } = eyes.open_.get('job-1/camera/ann')!;
    expect(reads).toBe(true);
    events.reading(HAPPY);
    expect(feelings()).toMatchObject([{ jobId: 'job-1', identity: 'ann', feeling: { label: 'happy' } }]);
    job.consent('ann', { ...DEFAULT_CONSENT, feelings: false, sight: true });
    expect(feelings().at(-1)).toMatchObject({ feeling: null });
    expect(eyes.open_.get('job-1/camera/ann')!.feelings).toBe(false);
    events.reading(HAPPY);
    expect(feelings()).toHaveLength(2);
  });

  it('is asked for a keyframe when frames were lost', () => {
    job.see(camera);
    eyes.open_.get('job-1/camera/ann')!.events.lost();
    expect(sent).toContainEqual({ type: 'resee', identity: 'ann', source: 'camera' });
  });

  it('is forgotten when it is off, and with its person, and with the call', async () => {
    job.see(camera);
    eyes.open_.get('job-1/camera/ann')!.events.reading(HAPPY);
    job.unsee('ann', 'camera');
    expect(eyes.open_.size).toBe(0);
    expect(feelings().at(-1)).toMatchObject({ feeling: null });
    job.see(camera);
    job.left('ann');
    expect(eyes.open_.size).toBe(0);
    job.joined(person('bob'));
    job.see({ ...camera, identity: 'bob' });
    await job.close();
    expect(eyes.open_.size).toBe(0);
  });

  it('is a picture for the dialogue with consent only', async () => {
    job.see(camera);
    type('What am I holding?');
    await vi.waitUntil(() => looked !== undefined, PATIENCE);
    expect(await looked!()).toEqual([]);
    job.consent('ann', { ...DEFAULT_CONSENT, sight: true });
    expect(await looked!()).toEqual([{ identity: 'ann', name: 'ann', source: 'camera', jpeg }]);
  });
});

describe('what is learned', () => {
  it('goes to the server with the turn it was said in', async () => {
    type('I sell candles.');
    const facts = () => told.filter(({ name }) => name === 'job.facts');
    await vi.waitUntil(() => facts().length > 0, PATIENCE);
    expect(facts()).toEqual([
      {
        name: 'job.facts',
        payload: { jobId: 'job-1', identity: 'ann', turnId: 'I sell candles.', facts: [CANDLES], revision: 0 },
      },
    ]);
  });
});

describe('a recording', () => {
  const CONVERSATION = '6b0f3a52-9a3f-4f0b-9d25-0a52b3c4d5e6';
  const track = { identity: 'ann', name: 'ann', ssrc: 5, payloadType: 111 };
  const consent = (recording: boolean) => job.consent('ann', { ...DEFAULT_CONSENT, recording });

  it('takes down what comes into the job while its person wants that, and ends with the conversation', async () => {
    job.conversation(CONVERSATION);
    job.listen(track);
    media.heard('ann', new Int16Array(320), true);
    expect(recorded).toEqual([]);
    consent(true);
    media.heard('ann', new Int16Array(320), true);
    type('Hello.');
    await vi.waitUntil(() => recorded.includes('turn'), PATIENCE);
    job.unlisten('ann');
    consent(false);
    media.heard('ann', new Int16Array(320), true);
    consent(true);
    job.left('ann');
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
    job.conversation(undefined);
    expect(recorded.at(-1)).toBe('end');
  });

  it('that ends by itself is told to the server, which puts the note in the call out', () => {
    job.conversation(CONVERSATION);
    consent(true);
    expect(told.filter(({ name }) => name === 'job.unrecorded')).toEqual([]);
    cut();
    expect(told.at(-1)).toEqual({ name: 'job.unrecorded', payload: { jobId: 'job-1' } });
  });

  it('is not begun where the server names no conversation', () => {
    consent(true);
    media.heard('ann', new Int16Array(320), true);
    expect(recorded).toEqual([]);
  });
});
