/**
 * Looks after avatars:
 *   npm run avatar -- check DIR                       what is wrong with a rig, and what might be better
 *   npm run avatar -- sheet DIR [--out FILE]          a contact sheet: visemes by expressions, lids, gaze, turns
 *   npm run avatar -- say "text" --rig DIR [--out clip.mp4] [--emotion happy] [--size 512x512]
 *   npm run avatar -- hear voice.wav --rig DIR [--out clip.mp4]     lips by the sound alone
 *   npm run avatar -- portrait PHOTO DIR              a rig from a photograph
 * `.mp4` clips are H.264 and AAC, `.webm` ones VP8 and Opus; a sheet's name may end in webp, png or jpeg.
 */
import { parseArgs } from 'node:util';
import type { Emotion } from '../../protocol/timeline.ts';
import { EMOTIONS } from '../../protocol/timeline.ts';

const USAGE =
  'usage: npm run avatar -- check DIR | sheet DIR | say "text" --rig DIR | hear FILE.wav --rig DIR | portrait PHOTO DIR';

/** An answer for the person at the keyboard, in place of a stack trace. */
class Refusal extends Error {}

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      rig: { type: 'string' },
      emotion: { type: 'string', default: 'neutral' },
      size: { type: 'string', default: '512x512' },
      voice: { type: 'string', default: 'slt' },
    },
  });
  const [command, subject, target] = positionals;
  if (command === 'check' && subject) return (await import('./check.ts')).check(subject);
  if (command === 'sheet' && subject)
    return (await import('./sheet.ts')).sheet(subject, values.out ?? 'contact-sheet.webp');
  if (command === 'portrait' && subject && target) return (await import('./portrait.ts')).portrait(subject, target);
  if ((command === 'say' || command === 'hear') && subject) {
    const rig = values.rig ?? 'avatars/ollie';
    const out = values.out ?? 'clip.mp4';
    const container = /\.(mp4|webm)$/.exec(out)?.[1] as 'mp4' | 'webm' | undefined;
    if (container === undefined) throw new Refusal(`--out ${out}: the name must end in .mp4 or .webm`);
    if (!EMOTIONS.includes(values.emotion as Emotion))
      throw new Refusal(`--emotion ${values.emotion}: it must be one of ${EMOTIONS.join(', ')}`);
    const [width, height] = values.size.split('x').map(Number);
    if (!width || !height) throw new Refusal(`--size ${values.size}: it must look like 512x512`);
    const options = { rig, out, container, emotion: values.emotion as Emotion, size: { width, height } };
    const { hear, say } = await import('./say.ts');
    return command === 'say' ? say(subject, values.voice, options) : hear(subject, options);
  }
  console.error(USAGE);
  return 2;
}

run().then(
  code => process.exit(code),
  (error: unknown) => {
    const known =
      error instanceof Error &&
      (['RigError', 'PortraitError', 'ProviderError', 'RangeError'].includes(error.name) ||
        /^(ENOENT|EACCES|EISDIR|ERR_PARSE_ARGS)/.test((error as NodeJS.ErrnoException).code ?? ''));
    console.error(known || error instanceof Refusal ? (error as Error).message : error);
    process.exit(1);
  },
);
