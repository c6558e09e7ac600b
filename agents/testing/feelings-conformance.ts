import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FeelingSource } from '../../protocol/feelings.ts';
import { Emotion } from '../../protocol/timeline.ts';
import type { Reading, VoiceSense } from '../feel/ports.ts';

export interface VoiceSenseSubject {
  sense: VoiceSense;
  close(): Promise<void>;
}

/**
 * Everything that the port promises, for any sense of how voices feel.
 * @param utterances different ones of one voice, 16 kHz: so many that it is known then
 */
export function voiceSenseConformance(
  name: string,
  make: () => Promise<VoiceSenseSubject>,
  utterances: () => Promise<Int16Array[]>,
): void {
  describe(`${name} as a VoiceSense`, () => {
    let subject: VoiceSenseSubject;
    let spoken: Int16Array[];
    beforeAll(async () => {
      subject = await make();
      spoken = await utterances();
    });
    afterAll(() => subject.close());

    const { signal } = new AbortController();
    const hear = (speaker: string, id: string, pcm: Int16Array) => subject.sense.hear(speaker, id, pcm, { signal });
    const hearAll = async (speaker: string): Promise<Reading | undefined> => {
      let last: Reading | undefined;
      for (const [i, pcm] of spoken.entries()) last = await hear(speaker, `${speaker} ${i}`, pcm);
      return last;
    };

    it('says nothing of a voice that it hardly knows', async () => {
      expect(await hear('new', 'u', spoken[0]!)).toBeUndefined();
    });

    it('reads a voice that it knows, in numbers that mean something', async () => {
      const reading = (await hearAll('ann'))!;
      expect(FeelingSource.options).toContain(reading.source);
      expect(reading.confidence).toBeGreaterThan(0);
      expect(reading.confidence).toBeLessThanOrEqual(1);
      for (const [emotion, share] of Object.entries(reading.emotions)) {
        expect(Emotion.options).toContain(emotion);
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
      }
      for (const [value, least] of [
        [reading.valence, -1],
        [reading.arousal, 0],
      ] as const) {
        if (value === undefined) continue;
        expect(value).toBeGreaterThanOrEqual(least);
        expect(value).toBeLessThanOrEqual(1);
      }
    });

    it('leaves the sound to whoever gave it', async () => {
      const pcm = spoken[0]!.slice();
      await hear('lender', 'u', pcm);
      expect(pcm).toEqual(spoken[0]);
    });

    it('takes an utterance that has grown for the same', async () => {
      for (let i = 0; i < spoken.length; i++) expect(await hear('grows', 'one', spoken[0]!)).toBeUndefined();
    });

    it('forgets whom it is told to', async () => {
      await hearAll('bob');
      subject.sense.forget('bob');
      expect(await hear('bob', 'again', spoken[0]!)).toBeUndefined();
    });

    it('survives silence, noise, and nothing at all', async () => {
      const noise = Int16Array.from({ length: 16_000 }, (_, i) => ((i * 7919) % 65_536) - 32_768);
      for (const pcm of [new Int16Array(0), new Int16Array(16_000), noise]) await hear('odd', `${pcm.length}`, pcm);
      expect(await hearAll('after')).toBeDefined();
    });

    it('[T6] ends at once, with the reason, when it is called off', async () => {
      const reason = new Error('called off');
      await expect(subject.sense.hear('ann', 'late', spoken[0]!, { signal: AbortSignal.abort(reason) })).rejects.toBe(
        reason,
      );
    });
  });
}
