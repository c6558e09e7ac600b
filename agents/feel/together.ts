import type { Emotion } from '../../protocol/timeline.ts';
import type { Reading, VoiceSense } from './ports.ts';

/**
 * Several who hear how voices feel: what each reads of an utterance is put together, the first's word counting where two
 * say something of the same. One that fails says nothing, unless all do.
 */
export function together(senses: readonly VoiceSense[]): VoiceSense {
  return {
    async hear(...asked) {
      const heard = await Promise.allSettled(senses.map(sense => sense.hear(...asked)));
      const readings = heard.flatMap(each => (each.status === 'fulfilled' && each.value ? [each.value] : []));
      const [failed] = heard.flatMap(each => (each.status === 'rejected' ? [each.reason] : []));
      if (failed !== undefined && heard.every(({ status }) => status === 'rejected')) throw failed;
      return readings.length === 0 ? undefined : readings.reduceRight(both);
    },
    forget(speaker) {
      for (const sense of senses) sense.forget(speaker);
    },
  };
}

const both = (second: Reading, first: Reading): Reading => {
  const emotions: Partial<Record<Emotion, number>> = { ...second.emotions, ...first.emotions };
  return { ...second, ...first, emotions, confidence: Math.max(first.confidence, second.confidence) };
};
