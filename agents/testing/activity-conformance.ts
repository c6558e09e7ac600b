import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LISTEN_RATE } from '../base/rates.ts';
import type { VoiceActivityProvider } from '../listen/ports.ts';

/** Samples that one decision is about. */
const WINDOW = 512;

export interface ActivitySubject {
  provider: VoiceActivityProvider;
  close(): Promise<void>;
}

/**
 * Everything that the port promises, for any voice activity detector.
 * @param speech a few seconds of somebody who speaks, 16 kHz
 */
export function activityConformance(
  name: string,
  make: () => Promise<ActivitySubject>,
  speech: () => Promise<Int16Array>,
): void {
  describe(`${name} as a VoiceActivityProvider`, () => {
    let subject: ActivitySubject;
    let spoken: Int16Array;
    beforeAll(async () => {
      subject = await make();
      spoken = await speech();
    });
    afterAll(() => subject.close());

    const silence = new Int16Array(LISTEN_RATE);
    const open = () => {
      const windows: { speech: boolean; endSample: number }[] = [];
      const stream = subject.provider.open((speech, endSample) => windows.push({ speech, endSample }));
      const push = (pcm: Int16Array, piece = LISTEN_RATE / 50) => {
        for (let at = 0; at < pcm.length; at += piece) stream.push(pcm.slice(at, at + piece));
      };
      const decided = (samples: number) =>
        vi.waitUntil(() => windows.length >= Math.floor(samples / WINDOW), { timeout: 20_000 });
      return { windows, stream, push, decided };
    };

    it.each([
      1, 160, 320, 512, 1000,
    ])('decides once for each window, in order, in pieces of %i samples', async piece => {
      const { windows, stream, push, decided } = open();
      const pcm = silence.slice(0, piece === 1 ? 2 * WINDOW : silence.length);
      push(pcm, piece);
      await decided(pcm.length);
      expect(windows.map(({ endSample }) => endSample)).toEqual(windows.map((_, i) => (i + 1) * WINDOW));
      stream.close();
    });

    it('tells speech from silence', async () => {
      const { windows, stream, push, decided } = open();
      push(silence);
      push(spoken);
      push(silence);
      await decided(2 * silence.length + spoken.length);
      const share = (from: number, to: number) => {
        const those = windows.filter(({ endSample }) => endSample > from && endSample <= to);
        return those.filter(each => each.speech).length / those.length;
      };
      expect(share(0, silence.length)).toBe(0);
      expect(share(silence.length, silence.length + spoken.length)).toBeGreaterThan(0.5);
      expect(share(1.5 * silence.length + spoken.length, 2 * silence.length + spoken.length)).toBe(0);
      stream.close();
    });

    it('keeps people apart', async () => {
      const [ann, bob] = [open(), open()];
      ann.push(spoken);
      bob.push(new Int16Array(spoken.length));
      await Promise.all([ann.decided(spoken.length), bob.decided(spoken.length)]);
      expect(ann.windows.some(each => each.speech)).toBe(true);
      expect(bob.windows.some(each => each.speech)).toBe(false);
      ann.stream.close();
      bob.stream.close();
    });

    it('[C1] decides nothing more once it is closed', async () => {
      const { windows, stream, push } = open();
      push(spoken);
      stream.close();
      const before = windows.length;
      push(spoken);
      await new Promise(resolve => setTimeout(resolve, 200));
      expect(windows.length).toBe(before);
    });
  });
}
