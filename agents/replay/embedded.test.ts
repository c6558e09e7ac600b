import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AgentSettings } from '../../settings/agent.ts';
import type { Clock } from '../base/clock.ts';
import { LISTEN_RATE } from '../base/rates.ts';
import { batched } from '../listen/batched.ts';
import { createAgentMetrics } from '../metrics/metrics.ts';
import { Flite } from '../providers/flite/flite.ts';
import { RiveScriptDialogue } from '../providers/rivescript/dialogue.ts';
import { SherpaRecognizer } from '../providers/sherpa/recognizer.ts';
import { NEUTRAL_PROSODY } from '../speak/ports.ts';
import { VoicedSpeech } from '../speak/voiced.ts';
import { type Recorded, readRecording } from '../tape/read.ts';
import { Recordings } from '../tape/recordings.ts';
import { Tape } from '../tape/tape.ts';
import { Personas } from '../think/personas.ts';
import type { Dialogue, Persona } from '../think/ports.ts';
import { compare } from './compare.ts';
import { recordedOutcome, replay } from './replay.ts';
import { ReplayClock } from './replay-clock.ts';
import { virtualAsr } from './virtual-parts.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const model = (name: string) => path.join(root, 'models', name);
const FILES = {
  vad: model('silero-vad.onnx'),
  encoder: model('moonshine-encoder.onnx'),
  decoder: model('moonshine-decoder-bytes.onnx'),
  tokens: model('moonshine-tokens.txt'),
};
const MODELS = Object.values(FILES).every(file => fs.existsSync(file));
const CONVERSATION = '6b0f3a52-9a3f-4f0b-9d25-0a52b3c4d5e6';
const START_UNIX_MS = 1_700_000_000_000;
const FRAME = LISTEN_RATE / 50;
const SLOWER_MS = 1000;
/** What the machine may take between two looks at its clock. */
const LATE_MS = 250;

/** A dialogue that takes so much longer to its first word; `tookMs` is told how long each really took. */
const slowed = (inner: Dialogue, tookMs: number[]): Dialogue => ({
  name: 'slowed',
  async *reply(conversation, options) {
    const beganMs = performance.now();
    await new Promise(resolve => setTimeout(resolve, SLOWER_MS));
    for await (const part of inner.reply(conversation, options)) {
      tookMs.push(performance.now() - beganMs);
      yield part;
    }
  },
});

describe.skipIf(!MODELS)('a call with the embedded providers (skipped where their models are not)', () => {
  let folder: string;
  let flite: Flite;
  let persona: Persona;
  let dialogue: RiveScriptDialogue;
  let recorded: Recorded;
  /** What providers failed with. */
  const problems: string[] = [];

  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-replay-'));
    flite = new Flite();
    dialogue = new RiveScriptDialogue();
    const personas = new Personas(path.join(root, 'personas'), {
      admit: ({ persona: each }) => dialogue.prepare(each),
      refused: () => {},
    });
    persona = personas.get('ollie')!;
    recorded = await record();
  }, 60_000);
  afterAll(async () => {
    await flite?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const say = async (text: string): Promise<Int16Array> => {
    const options = { voice: 'rms', prosody: NEUTRAL_PROSODY, signal: new AbortController().signal };
    for await (const { pcm } of flite.speak(text, options)) return pcm;
    throw new Error('the voice said nothing');
  };

  /** Holds a conversation, with another recognizer each time: what one keeps must not help the next. */
  async function hold(call: Recorded, clock: ReplayClock, answers: Dialogue) {
    let loaded = () => {};
    const ready = new Promise<void>(resolve => {
      loaded = resolve;
    });
    const recognizer = new SherpaRecognizer(FILES, { restarted: () => {}, ready: () => loaded() }, clock);
    await ready;
    const voiced = { names: ['flite'], capabilities: flite.capabilities };
    try {
      const outcome = await replay(
        call,
        {
          vad: recognizer,
          recognizer: batched(virtualAsr(recognizer, clock), clock),
          tts: new VoicedSpeech(flite, voiced, [voiced]),
          dialogue: answers,
          persona,
        },
        clock,
        what => problems.push(what),
      );
      return outcome;
    } finally {
      await recognizer.close();
    }
  }

  /** Two questions, recorded as they come in. */
  async function record(): Promise<Recorded> {
    let nowMs = 0;
    const recordings = new Recordings({
      config: AgentSettings.parse({ recordings: { enabled: true, folder } }),
      setup: { dialogue: 'embedded', speech: 'embedded' },
      report: problem => expect.fail(problem),
      metrics: createAgentMetrics().recordings,
      nowUnixMs: () => START_UNIX_MS,
    });
    const input: Clock = { nowMs: () => nowMs, unixMs: () => START_UNIX_MS + nowMs, after: () => () => {} };
    const recorder = new Tape(recordings, { clock: input, persona, avatar: 'avatar', over: () => {} });
    recorder.conversation(CONVERSATION);
    recorder.joined({ identity: 'ann', name: 'Ann' });
    recorder.listen('ann');
    recorder.consent('ann', { recording: true });
    const silence = (seconds: number) => new Int16Array(LISTEN_RATE * seconds);
    const parts = [
      silence(0.5),
      await say('What is your name?'),
      silence(6),
      await say('Where do you live?'),
      silence(6),
    ];
    for (const pcm of parts)
      for (let at = 0; at + FRAME <= pcm.length; at += FRAME) {
        nowMs += 20;
        recorder.hear('ann', pcm.subarray(at, at + FRAME), true);
      }
    await recordings.close();
    // What came in is on the disk; now it is answered, and that is taken down behind it.
    const call = readRecording(path.join(folder, CONVERSATION));
    const outcome = await hold(call, new ReplayClock(START_UNIX_MS), dialogue);
    const ms = nowMs;
    return {
      ...call,
      events: [
        ...call.events,
        ...outcome.entries.map(entry => ({ ms, type: 'said' as const, entry })),
        ...outcome.traces.map(trace => ({ ms, type: 'turn' as const, trace })),
      ],
    };
  }

  it('has the same words when it is replayed', async () => {
    const outcome = await hold(recorded, new ReplayClock(START_UNIX_MS), dialogue);
    const { turns, wordErrorRate } = compare(recordedOutcome(recorded), outcome);
    expect(turns.map(({ recorded: then }) => then?.heard.toLowerCase())).toEqual([
      expect.stringContaining('your name'),
      expect.stringContaining('live'),
    ]);
    expect(wordErrorRate).toBe(0);
    for (const { recorded: then, replayed } of turns) {
      expect(replayed?.reply).toMatch(/\w/);
      expect(problems).toEqual([]);
      expect(replayed?.figures.voiceToVoice).toBeGreaterThan(0);
      expect(then?.figures.asr).toBeGreaterThan(0);
    }
  }, 60_000);

  it('is slower by as much as its dialogue is slowed', async () => {
    const tookMs: number[] = [];
    const outcome = await hold(recorded, new ReplayClock(START_UNIX_MS), slowed(dialogue, tookMs));
    const { recorded: then, replayed } = compare(recordedOutcome(recorded), outcome);
    expect(then.median.firstToken!).toBeLessThan(SLOWER_MS / 2);
    // Node's timers may be a millisecond early.
    expect(replayed.median.firstToken!).toBeGreaterThanOrEqual(SLOWER_MS - 1);
    expect(replayed.median.firstToken!).toBeLessThan(Math.max(...tookMs) + LATE_MS);
    expect(replayed.median.voiceToVoice!).toBeGreaterThan(SLOWER_MS);
  }, 60_000);
});
