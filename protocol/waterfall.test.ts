import { describe, expect, it } from 'vitest';
import { waterfallOf } from './waterfall.ts';

const span = (name: 'utterance' | 'endpointing' | 'tts' | 'playout', startMs: number, durationMs: number) => ({
  name,
  startMs,
  durationMs,
});

describe('a turn on one time axis', () => {
  it('has the end of speech and the first sound where they belong', () => {
    const { speechEnd, firstSound } = waterfallOf({ spans: [], voiceToVoiceMs: 600 });
    expect(speechEnd).toBeCloseTo(300 / 1200);
    expect(firstSound).toBeCloseTo(900 / 1200);
  });

  it('cuts off what was said long before and what is heard long after', () => {
    const { rows } = waterfallOf({
      spans: [span('utterance', -4000, 4000), span('endpointing', 0, 250), span('playout', 600, 8000)],
      voiceToVoiceMs: 600,
    });
    expect(rows.map(({ from, to }) => [from, to])).toEqual([
      [0, 0.25],
      [0.25, expect.closeTo(550 / 1200)],
      [0.75, 1],
    ]);
    expect(rows[2]).toMatchObject({ startMs: 600, durationMs: 8000 });
  });

  it('numbers the sentences, and shows as many as are asked for', () => {
    const spans = [0, 100, 200].map(startMs => span('tts', startMs, 50));
    expect(waterfallOf({ spans, voiceToVoiceMs: 50 }, 2).rows.map(({ sentence }) => sentence)).toEqual([1, 2]);
  });
});
