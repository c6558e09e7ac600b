/** Worker thread that knows how words sound and finds them in a recording: SoundSwallower, US English. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { parentPort } from 'node:worker_threads';
import createModule, { type Decoder, type Segment } from 'soundswallower';
import type { WorkerReply, WorkerRequest } from '../../base/worker-queue.ts';
import { letterNames, letterSounds } from '../../speak/align/letter-sounds.ts';
import { plausible } from '../../speak/align/plausible.ts';
import { ALIGN_RATE } from '../../speak/align/ports.ts';

export type AlignerRequest = { words: readonly string[]; pcm?: Int16Array };
/** Phones of each word; and the alignment, where sound was given and the words were found in it. */
export interface AlignerAnswer {
  words: string[][];
  phones?: { phone: string; startSample: number; endSample: number }[];
}

/** Unknown words stay in the decoder's dictionary; after this many it is made anew. */
const MAX_ADDED = 5000;
/** Said letter by letter, though the small word is in the dictionary. Other capitals shout. */
const LETTERS: ReadonlySet<string> = new Set(['US', 'AM', 'PM', 'ID', 'IT']);
const FILLER = /^[<[+]|^SIL$/;

const folder = path.dirname(createRequire(import.meta.url).resolve('soundswallower'));
// It would write what is said to the console [P1].
const quiet = { print: () => {}, printErr: () => {} };
const module = await createModule({ ...quiet, modelBase: `${folder}${path.sep}model${path.sep}` } as object);
let decoder = await load();
const added = new Set<string>();

async function load(): Promise<Decoder> {
  const made = new module.Decoder({ loglevel: 'FATAL', samprate: ALIGN_RATE });
  await made.initialize();
  return made;
}

/** The word as the decoder's dictionary has it, added where it was not there; and its phones. */
function entry(word: string): { name: string; phones: string[] } {
  const lower = word.toLowerCase();
  const known = decoder.lookup_word(lower) as string | null;
  const spelled = word !== lower && (known === null || word.length === 1 || LETTERS.has(word));
  if (known !== null && !spelled) return { name: lower, phones: split(known) };
  const name = spelled ? `${lower}.spelled` : lower;
  const phones = spelled ? letterNames(word) : letterSounds(word);
  if (!added.has(name)) {
    // The acoustic model does not tell ax from ah.
    decoder.add_words([name, phones.map(phone => (phone === 'ax' ? 'AH' : phone.toUpperCase())).join(' ')]);
    added.add(name);
  }
  return { name, phones };
}

const split = (text: string) => text.toLowerCase().split(' ');

function align(names: readonly string[], pcm: Int16Array): AlignerAnswer['phones'] {
  decoder.set_align_text(names.join(' '));
  decoder.start();
  decoder.process_audio(
    Float32Array.from(pcm, sample => sample / 32_768),
    false,
    true,
  );
  decoder.stop();
  let words: Segment[];
  try {
    words = decoder.get_alignment({ align_level: 1 }).w ?? [];
  } catch {
    // Where it found nothing, it trips over its own empty answer.
    return undefined;
  }
  const spoken = words.filter(({ t }) => !FILLER.test(t));
  if (spoken.length !== names.length) return undefined;
  const sample = (seconds: number) => Math.min(pcm.length, Math.round(seconds * ALIGN_RATE));
  return words.flatMap(word =>
    (FILLER.test(word.t) ? [{ ...word, t: 'pau' }] : (word.w ?? [])).map(({ t, b, d }) => ({
      phone: t.toLowerCase(),
      startSample: sample(b),
      endSample: sample(b + d),
    })),
  );
}

parentPort?.on('message', async ({ id, request }: WorkerRequest<AlignerRequest>) => {
  try {
    if (added.size > MAX_ADDED) {
      decoder.delete();
      added.clear();
      decoder = await load();
    }
    const entries = request.words.map(entry);
    const answer: AlignerAnswer = { words: entries.map(({ phones }) => phones) };
    if (request.pcm !== undefined) {
      const phones = align(
        entries.map(({ name }) => name),
        request.pcm,
      );
      if (phones !== undefined && plausible(phones, request.pcm)) answer.phones = phones;
    }
    parentPort?.postMessage({ id, answer } satisfies WorkerReply<AlignerAnswer>);
  } catch (error) {
    parentPort?.postMessage({ id, error: String((error as Error).message) } satisfies WorkerReply<AlignerAnswer>);
  }
});
