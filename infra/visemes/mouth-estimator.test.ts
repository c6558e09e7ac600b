import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mouthAt } from '../../agents/face/mouth.ts';
import { Flite } from '../../agents/providers/flite/flite.ts';
import { LOOK_AHEAD_MS, MouthEstimator } from '../../agents/speak/estimate/mouth-estimator.ts';
import { NEUTRAL_PROSODY, type Speech } from '../../agents/speak/ports.ts';
import { resampled } from '../../agents/speak/resample.ts';
import type { VisemeEvent } from '../../protocol/timeline.ts';

const RATE = 16_000;
const SENTENCE = 'My mum bought a big brown umbrella, but Bob prefers a map.';

function estimate(pcm: Int16Array, { rate = RATE, chunk = pcm.length } = {}): VisemeEvent[] {
  const estimator = new MouthEstimator(rate);
  const events: VisemeEvent[] = [];
  for (let at = 0; at < pcm.length; at += chunk) events.push(...estimator.push(pcm.subarray(at, at + chunk)));
  return [...events, ...estimator.flush()];
}

describe('MouthEstimator', () => {
  let flite: Flite;
  let speech: Speech;
  const say = async (text: string, voice: string): Promise<Speech> => {
    const options = { voice, prosody: NEUTRAL_PROSODY, signal: new AbortController().signal };
    for await (const said of flite.speak(text, options)) return said;
    throw new Error('nothing was said');
  };
  beforeAll(async () => {
    flite = new Flite();
    speech = await say(SENTENCE, 'rms');
  });
  afterAll(() => flite.close());

  it('covers the sound with events that flow into each other', () => {
    const events = estimate(speech.pcm);
    expect(events[0]!.peakSample).toBe(0);
    for (const [i, { startSample, peakSample, endSample, mouthOpen }] of events.entries()) {
      expect(startSample).toBeLessThanOrEqual(peakSample);
      expect(peakSample).toBeLessThanOrEqual(endSample);
      expect(endSample).toBeLessThanOrEqual(speech.pcm.length);
      expect(mouthOpen).toBeGreaterThanOrEqual(0);
      expect(mouthOpen).toBeLessThanOrEqual(1);
      if (i > 0) expect(startSample).toBe(events[i - 1]!.peakSample);
    }
    expect(speech.pcm.length - events.at(-1)!.peakSample).toBeLessThan(0.03 * RATE);
  });

  it.each([RATE, 24_000, 48_000])('decides at %i Hz without what comes more than 80 ms later', rate => {
    expect(LOOK_AHEAD_MS).toBeLessThanOrEqual(80);
    const pcm = resampled(speech.pcm, speech.sampleRate, rate);
    const whole = estimate(pcm, { rate });
    for (const ms of [400, 777, 1500]) {
      const at = Math.round((ms * rate) / 1000);
      // Quite another sound from 80 ms after the instant on.
      const other = pcm.map((sample, i) =>
        i < at + 0.08 * rate ? sample : Math.round(20_000 * Math.sin(i * i * 1e-4)),
      );
      const settled = (events: VisemeEvent[]) => events.filter(({ peakSample }) => peakSample <= at);
      expect(settled(estimate(other, { rate }))).toEqual(settled(whole));
      // And they are out by then.
      const early = new MouthEstimator(rate).push(pcm.subarray(0, at + Math.round(0.08 * rate)));
      expect(settled(early)).toEqual(settled(whole));
    }
  });

  it.each([RATE, 48_000])('does not mind in which pieces %i Hz come', rate => {
    const pcm = resampled(speech.pcm, speech.sampleRate, rate);
    const whole = estimate(pcm, { rate });
    for (const chunk of [1, 161, 960, 7777]) expect(estimate(pcm, { rate, chunk })).toEqual(whole);
  });

  it('keeps the mouth shut in silence, and in a quiet hum of noise', () => {
    let seed = 1;
    const noise = () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return (seed / 2_147_483_647 - 0.5) * 40;
    };
    for (const sound of [new Int16Array(RATE), Int16Array.from({ length: RATE }, noise)]) {
      const events = estimate(sound);
      expect(new Set(events.map(({ viseme }) => viseme))).toEqual(new Set(['sil']));
      expect(Math.max(...events.map(({ mouthOpen }) => mouthOpen))).toBe(0);
    }
  });

  it.each(['rms', 'slt'])('closes the lips for the p, b and m of %s', async voice => {
    const { pcm, phones } = await say(SENTENCE, voice);
    const events = estimate(pcm);
    const closures = phones!.filter(({ phone }) => ['p', 'b', 'm'].includes(phone));
    const closed = closures.filter(({ startSample, endSample }) =>
      events.some(
        ({ viseme, peakSample }) =>
          ['PP', 'sil'].includes(viseme) && peakSample >= startSample - 160 && peakSample <= endSample + 160,
      ),
    );
    expect(closures.length).toBeGreaterThan(12);
    expect(closed.length / closures.length).toBeGreaterThan(0.75);
  });

  it('opens the jaw with the voice, and further for an open vowel than for a closed one', async () => {
    const jaw = async (text: string) => {
      const { pcm, phones } = await say(text, 'rms');
      const events = estimate(pcm);
      const { startSample, endSample } = phones!.filter(({ phone }) => ['aa', 'iy'].includes(phone))[0]!;
      const middle = (startSample + endSample) / 2;
      return mouthAt(events, Math.round(middle)).jaw;
    };
    const [open, closed] = [await jaw('Ha! Shot.'), await jaw('See!')];
    expect(open).toBeGreaterThan(0.3);
    expect(open).toBeGreaterThan(closed);
  });

  it('speaks of a quiet voice as of a loud one', () => {
    const quiet = estimate(speech.pcm.map(sample => Math.round(sample / 8)));
    const loud = estimate(speech.pcm);
    const same = quiet.filter(({ viseme }, i) => viseme === loud[i]!.viseme);
    expect(same.length / loud.length).toBeGreaterThan(0.9);
  });

  it('does not flutter', () => {
    const events = estimate(speech.pcm);
    const changes = events.filter(({ viseme }, i) => i > 0 && viseme !== events[i - 1]!.viseme).length;
    // A phone or two in each hundred ms; a shape held for one event only is a flutter.
    expect(changes / (speech.pcm.length / RATE)).toBeLessThan(22);
  });
});
