import fs from 'node:fs';
import path from 'node:path';
import { LISTEN_RATE } from '../base/rates.ts';
import { decodeStretches, FILES, Manifest, RecordedEvent, RecordingError } from './format.ts';

/** Sound of one person, 16 kHz, as it arrived. */
export interface RecordedSound {
  ms: number;
  identity: string;
  pcm: Int16Array;
  audible: boolean;
}

/** A recording as it was made. */
export interface Recorded {
  manifest: Manifest;
  /** In order. */
  events: RecordedEvent[];
  /** In order. */
  sound: RecordedSound[];
}

/** Longer than any stretch that arrives at once. */
const MAX_STRETCH_SAMPLES = LISTEN_RATE * 60;

/**
 * Reads a recording: its own folder, or that of a conversation, whose latest is taken. What a host that was killed had
 * begun to write is left out; anything else that is wrong throws {@link RecordingError}.
 */
export function readRecording(given: string): Recorded {
  const folder = folderIn(given);
  const manifest = parsed(FILES.manifest, fs.readFileSync(path.join(folder, FILES.manifest), 'utf8'), Manifest);
  const lines = contents(folder, FILES.events).toString('utf8').split('\n');
  // After the last line break there is nothing, or a line that was not written to its end.
  const events = lines.slice(0, -1).map((line, i) => parsed(`${FILES.events}, line ${i + 1}`, line, RecordedEvent));
  const people = new Map(
    events.flatMap(each => (each.type === 'joined' ? [[each.person, each.identity] as const] : [])),
  );
  const sound = [...people].flatMap(([person, identity]) => soundOf(folder, person, identity));
  return { manifest, events, sound: sound.sort((a, b) => a.ms - b.ms) };
}

function folderIn(given: string): string {
  if (fs.existsSync(path.join(given, FILES.manifest))) return given;
  const entries = fs.existsSync(given) ? fs.readdirSync(given) : [];
  const latest = entries
    .filter(name => fs.existsSync(path.join(given, name, FILES.manifest)))
    .sort((a, b) => Number(a) - Number(b))
    .at(-1);
  if (latest === undefined)
    throw new RecordingError(`${given} is no recording: there is no ${FILES.manifest} in it. Name its folder.`);
  return path.join(given, latest);
}

function parsed<T>(
  where: string,
  text: string,
  schema: {
    safeParse(value: unknown): {
      success: boolean;
      data?: T;
      error?: { issues: { path: PropertyKey[]; message: string }[] };
    };
  },
): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RecordingError(`${where} is not JSON: the recording is damaged`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data as T;
  const issue = result.error?.issues[0];
  throw new RecordingError(`${where}: ${issue?.path.join('.') || 'it'} is wrong (${issue?.message})`);
}

const contents = (folder: string, name: string): Buffer => {
  const file = path.join(folder, name);
  return fs.existsSync(file) ? fs.readFileSync(file) : Buffer.alloc(0);
};

function soundOf(folder: string, person: number, identity: string): RecordedSound[] {
  const index = FILES.index(person);
  const audio = contents(folder, FILES.audio(person));
  const samples = new Int16Array(audio.buffer.slice(audio.byteOffset, audio.byteOffset + (audio.length & ~1)));
  const sound: RecordedSound[] = [];
  let [position, lastMs] = [0, 0];
  for (const { ms, samples: count, audible } of decodeStretches(contents(folder, index))) {
    if (!(ms >= lastMs) || count === 0 || count > MAX_STRETCH_SAMPLES)
      throw new RecordingError(`${index}: entry ${sound.length + 1} makes no sense: the recording is damaged`);
    const end = position + (audible ? count : 0);
    if (end > samples.length) break;
    sound.push({ ms, identity, pcm: audible ? samples.slice(position, end) : new Int16Array(count), audible });
    [position, lastMs] = [end, ms];
  }
  return sound;
}
