import { describe, expect, it } from 'vitest';
import { LISTEN_RATE } from '../base/rates.ts';
import { careful, type Mask } from './careful.ts';

const FRAGMENT = new Int16Array(LISTEN_RATE).fill(1);
/** Reads the sound as it is, and with silence before it, as these. */
const reading = (alone: string, withSilence: string, mask: Mask, final = true) => {
  const asked: number[] = [];
  const asr = careful(
    {
      transcribe: async pcm => {
        asked.push(pcm.length);
        return { text: pcm[0] === 0 ? withSilence : alone };
      },
    },
    mask,
  );
  const { signal } = new AbortController();
  return asr.transcribe(FRAGMENT, { signal, final }).then(({ text }) => ({ text, asked: asked.length }));
};

describe('words that hurt', () => {
  it('are hidden where a second reading does not have them', async () =>
    expect(await reading('We have a fucking group.', 'We have a new group.', 'unsure')).toEqual({
      text: 'We have a …ing group.',
      asked: 2,
    }));

  it('are shown where it has them, too', async () =>
    expect((await reading('What the fuck?', 'what the fuck', 'unsure')).text).toBe('What the fuck?'));

  it('are hidden while somebody still speaks, without asking twice', async () =>
    expect(await reading('What the fuck', 'what the fuck', 'unsure', false)).toEqual({ text: 'What the …', asked: 1 }));

  it('are always hidden, or never, where that is wished', async () => {
    expect((await reading('What the fuck?', 'what the fuck', 'always')).text).toBe('What the …?');
    expect((await reading('What the fuck?', 'what a luck', 'never')).text).toBe('What the fuck?');
  });

  it('cost nothing where there are none: other words that contain them are words', async () =>
    expect(await reading('The class in Scunthorpe was assessed.', '', 'unsure')).toEqual({
      text: 'The class in Scunthorpe was assessed.',
      asked: 1,
    }));
});
