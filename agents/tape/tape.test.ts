import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogEntry } from '../../protocol/conversation.ts';
import { AgentSettings } from '../../settings/agent.ts';
import { recordingMetrics } from '../metrics/recordings.ts';
import { recordedOutcome } from '../replay/replay.ts';
import { PERSONA } from '../testing/scene.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { FILES, RecordingError } from './format.ts';
import { readRecording } from './read.ts';
import { Recordings } from './recordings.ts';
import { Tape } from './tape.ts';

const CONVERSATION = '6b0f3a52-9a3f-4f0b-9d25-0a52b3c4d5e6';
const DAY_MS = 86_400_000;
const NOW_MS = 1_700_000_000_000;

let folder: string;
let clock: VirtualClock;
let recordings: Recordings;
let recorder: Tape;
let problems: object[];
let nowUnixMs: number;
let registry: Registry;
/** How often the recorder told that nobody is recorded any more. */
let over: number;

function open(settings: object = {}): void {
  registry = new Registry();
  const config = AgentSettings.parse({ recordings: { enabled: true, folder, ...settings } });
  recordings = new Recordings({
    config,
    setup: { dialogue: 'embedded', speech: 'embedded' },
    report: (problem, details) => problems.push({ problem, ...details }),
    metrics: recordingMetrics([registry]).recordings,
    nowUnixMs: () => nowUnixMs,
  });
  recorder = new Tape(recordings, { clock, persona: PERSONA, avatar: 'avatar', over: () => over++ });
  recorder.conversation(CONVERSATION);
}

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-recordings-'));
  clock = new VirtualClock();
  [problems, over] = [[], 0];
  nowUnixMs = NOW_MS;
  open();
});
afterEach(async () => {
  await recorder.close();
  await recordings.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const joins = (identity: string, name: string, recording: boolean) => {
  recorder.joined({ identity, name });
  recorder.listen(identity);
  recorder.consent(identity, { recording });
};
/** 20 ms of somebody's voice; every sample is the same number. */
const hears = async (identity: string, sample: number, audible = true) => {
  await clock.advance(20);
  recorder.hear(identity, new Int16Array(320).fill(sample), audible);
};
const entry = (speaker: string, text: string, over: Partial<LogEntry> = {}): LogEntry => ({
  id: text,
  turnId: text,
  speaker,
  speakerName: speaker,
  role: speaker === 'avatar' ? 'avatar' : 'user',
  source: 'voice',
  text,
  final: true,
  atMs: NOW_MS,
  ...over,
});
/** The avatar answers what people said. */
const answers = (text: string, ...asked: LogEntry[]) => {
  const turnId = asked.at(-1)?.turnId ?? 'greeting';
  recorder.log(entry('avatar', text, { turnId }));
  const history = [...asked, entry('avatar', text)].map(({ role, speaker, speakerName: name, text: words }) => ({
    role,
    speaker,
    name,
    text: words,
  }));
  const timing = { outcome: 'completed', source: 'voice', sounded: true, voiceToVoiceMs: 500 } as const;
  const trace = { turnId, ...timing, atMs: NOW_MS, cached: false, resumed: false, spans: [] };
  recorder.timed({ trace }, history);
};
const figures = async (): Promise<Record<string, number>> => {
  const all = (await registry.getMetricsAsJSON()).flatMap(({ name, values }) =>
    values.map(({ value, labels }) => [labels.cause ?? /running|bytes/.exec(name)?.[0], value]),
  );
  return Object.fromEntries(all);
};
const latest = () => path.join(folder, CONVERSATION);
const files = () =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .flatMap(each => (each.isFile() ? [path.join(each.parentPath, each.name)] : []));
const everything = () => Buffer.concat(files().map(file => fs.readFileSync(file)));

describe('a recording', () => {
  it('has sound, words and times as they came, silence that was not sent included', async () => {
    joins('ann', 'Ann', true);
    recorder.greet('Ann');
    await hears('ann', 1000);
    await hears('ann', 0, false);
    await hears('ann', -7);
    recorder.log(entry('ann', 'Hello', { final: false }));
    recorder.log(entry('ann', 'Hello there.'));
    answers('Hi Ann.', entry('ann', 'Hello there.'));
    await recorder.close();
    const recorded = readRecording(latest());
    expect(recorded.manifest).toMatchObject({ conversation: CONVERSATION, persona: 'test', startedUnixMs: NOW_MS });
    expect(recorded.events.map(({ type }) => type)).toEqual(['joined', 'listen', 'greet', 'said', 'said', 'turn']);
    expect(recorded.sound.map(({ ms, pcm, audible }) => [ms, pcm.length, pcm[0], audible])).toEqual([
      [20, 320, 1000, true],
      [40, 320, 0, false],
      [60, 320, -7, true],
    ]);
    expect(recordedOutcome(recorded).entries.map(({ text }) => text)).toEqual(['Hello there.', 'Hi Ann.']);
  });

  it('is not made where nobody wants it, the operator does not, or no conversation is kept', async () => {
    joins('ann', 'Ann', false);
    await hears('ann', 1);
    open({ enabled: false });
    joins('ann', 'Ann', true);
    await hears('ann', 1);
    open();
    recorder.conversation(undefined);
    joins('ann', 'Ann', true);
    await hears('ann', 1);
    await recorder.close();
    expect(files()).toEqual([]);
  });

  it('ends for somebody with their consent, and goes on when they give it again', async () => {
    joins('ann', 'Ann', true);
    await hears('ann', 1);
    recorder.consent('ann', { recording: false });
    await hears('ann', 2);
    recorder.log(entry('ann', 'This is between us.'));
    answers('I tell nobody.', entry('ann', 'This is between us.'));
    recorder.consent('ann', { recording: true });
    await hears('ann', 3);
    await recorder.close();
    const { sound, events } = readRecording(latest());
    expect(sound.map(({ pcm }) => pcm[0])).toEqual([1, 3]);
    expect(events.map(({ type }) => type)).toEqual(['joined', 'listen', 'left', 'joined', 'listen']);
    expect(everything().includes('between us')).toBe(false);
    expect(everything().includes('nobody')).toBe(false);
  });

  it('has nothing of others: neither sound nor words, nor their names, nor the answers to them', async () => {
    joins('ann', 'Ann', true);
    joins('guest-17', 'Bartholomew', false);
    recorder.greet('Bartholomew');
    await hears('ann', 1);
    await hears('guest-17', 0x5a5a);
    recorder.typed(entry('guest-17', 'My secret is 4711.', { source: 'text' }));
    recorder.log(entry('guest-17', 'I like marmalade.'));
    answers('Marmalade is fine.', entry('guest-17', 'I like marmalade.'));
    answers('Hello Bartholomew and Ann.');
    recorder.log(entry('ann', 'Hello.'));
    answers('Hello, and 4711 to you.', entry('guest-17', 'My secret is 4711.'), entry('ann', 'Hello.'));
    recorder.log(entry('ann', 'Who are you?'));
    answers('I am Ollie.', entry('ann', 'Who are you?'));
    await recorder.close();
    const written = everything();
    for (const theirs of ['guest-17', 'artholomew', '4711', 'armalade', 'ZZZZ'])
      expect(written.includes(theirs), theirs).toBe(false);
    const { entries, traces } = recordedOutcome(readRecording(latest()));
    expect(entries.map(({ text }) => text)).toEqual(['Hello.', 'Who are you?', 'I am Ollie.']);
    // How long the greeting took tells nothing of anybody.
    expect(traces.map(({ turnId }) => turnId)).toEqual(['greeting', 'Who are you?']);
  });

  it('ends at the size that is allowed, and says so once: nobody is recorded any more', async () => {
    open({ maxMegabytes: 1 });
    joins('ann', 'Ann', true);
    for (let i = 0; i < 40; i++) recorder.hear('ann', new Int16Array(16_000), true);
    await recordings.close();
    expect(problems).toMatchObject([{ reason: 'full', conversation: CONVERSATION }]);
    const bytes = files().reduce((sum, file) => sum + fs.statSync(file).size, 0);
    expect(bytes).toBeLessThanOrEqual(2 ** 20);
    expect(readRecording(latest()).sound.length).toBeGreaterThan(20);
    expect(over).toBe(1);
    expect(await figures()).toMatchObject({ running: 0, bytes: expect.closeTo(bytes, -3), full: 1 });
    // There is no room for another.
    await recordings.sweep();
    recorder.consent('ann', { recording: true });
    expect(over).toBe(2);
    expect(await figures()).toMatchObject({ running: 0, full: 1 });
  });

  it('is counted while it is made, and by what ended it', async () => {
    joins('ann', 'Ann', true);
    await hears('ann', 1);
    expect(await figures()).toMatchObject({ running: 1 });
    await recordings.erase(CONVERSATION);
    expect(over).toBe(1);
    recorder.consent('ann', { recording: true });
    recorder.conversation(undefined);
    await recorder.close();
    await recordings.close();
    expect(await figures()).toMatchObject({ running: 0, erased: 1, finished: 1 });
    expect(over).toBe(1);
  });

  it('ends where nothing can be written, and says so; the call does not notice', async () => {
    fs.writeFileSync(path.join(folder, 'file'), '');
    open({ folder: path.join(folder, 'file') });
    joins('ann', 'Ann', true);
    await hears('ann', 1);
    await expect.poll(() => over).toBe(1);
    await recordings.close();
    expect(problems).toMatchObject([{ reason: 'failed', error: expect.stringContaining('ENOTDIR') }]);
    await hears('ann', 2);
  });

  it('is the conversation’s that goes on, and is erased with it, in mid-call too', async () => {
    joins('ann', 'Ann', true);
    await hears('ann', 1);
    await recordings.erase(CONVERSATION);
    await hears('ann', 2);
    expect(files()).toEqual([]);
    const other = CONVERSATION.replace('6', '7');
    recorder.conversation(other);
    recorder.consent('ann', { recording: true });
    await hears('ann', 3);
    await recorder.close();
    expect(readRecording(path.join(folder, other)).sound.map(({ pcm }) => pcm[0])).toEqual([3]);
  });

  it('[S1] is erased with one of its people, not with somebody who is not in it', async () => {
    joins('ann', 'Ann', true);
    await hears('ann', 1);
    await recordings.erase(CONVERSATION, ['eve']);
    expect(over).toBe(0);
    await hears('ann', 2);
    await recorder.close();
    await recordings.erase(CONVERSATION, ['eve']);
    expect(readRecording(latest()).sound).toHaveLength(2);
    await recordings.erase(CONVERSATION, ['eve', 'ann']);
    expect(files()).toEqual([]);
  });

  it('is removed when it is too old', async () => {
    joins('ann', 'Ann', true);
    await recorder.close();
    nowUnixMs += 29 * DAY_MS;
    await recordings.sweep();
    expect(files()).not.toEqual([]);
    nowUnixMs += 2 * DAY_MS;
    await recordings.sweep();
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it('[S1] lies in the folder of recordings, whatever a conversation is called', async () => {
    recorder.conversation('../../outside');
    joins('ann', 'Ann', true);
    await expect(recordings.erase('../..')).rejects.toThrow();
    await recorder.close();
    expect(files()).toEqual([]);
    expect(fs.existsSync(path.join(folder, '../../outside'))).toBe(false);
  });
});

describe('a broken recording', () => {
  const break_ = (name: string, change: (content: Buffer) => Buffer) => {
    const file = files().find(each => path.basename(each) === name)!;
    fs.writeFileSync(file, change(fs.readFileSync(file)));
  };
  beforeEach(async () => {
    joins('ann', 'Ann', true);
    await hears('ann', 1);
    await hears('ann', 2);
    await recorder.close();
  });

  it('is refused with the place that is wrong', () => {
    expect(() => readRecording(path.join(folder, 'nowhere'))).toThrow(/is no recording.*recording\.json/);
    break_(FILES.events, content => Buffer.concat([content, Buffer.from('{"ms":-1,"type":"left","identity":"a"}\n')]));
    expect(() => readRecording(latest())).toThrow(/events\.jsonl, line 3: ms is wrong/);
    break_(FILES.events, () => Buffer.from('{{\n'));
    expect(() => readRecording(latest())).toThrow(
      new RecordingError('events.jsonl, line 1 is not JSON: the recording is damaged'),
    );
    break_(FILES.manifest, content => Buffer.from(content.toString().replace('"version": 1', '"version": 2')));
    expect(() => readRecording(latest())).toThrow(/recording\.json: version is wrong \(another version than 1\)/);
  });

  it('is refused where its index makes no sense', () => {
    break_(FILES.index(0), content => Buffer.concat([content, Buffer.alloc(12, 0x7f)]));
    expect(() => readRecording(latest())).toThrow(/person-0\.index: entry 3 makes no sense/);
  });

  it('is read as far as a host that was killed had come', () => {
    break_(FILES.events, content => Buffer.concat([content, Buffer.from('{"ms":5,"ty')]));
    break_(FILES.audio(0), content => content.subarray(0, -2));
    const { events, sound } = readRecording(latest());
    expect(events).toHaveLength(2);
    expect(sound.map(({ pcm }) => pcm[0])).toEqual([1]);
  });
});
