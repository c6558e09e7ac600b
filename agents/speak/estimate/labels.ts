/** What the mouth should do in each frame, from phones with times: what is learnt, and what is compared with. */
import type { Phone, Viseme } from '../../../protocol/timeline.ts';
import { phoneShapes } from '../visemes.ts';
import { HOP } from './log-mel.ts';

export interface Label {
  viseme: Viseme;
  /** 0..1 */
  jaw: number;
}

const REST: Label = { viseme: 'sil', jaw: 0 };
/** Where a phone that moves goes over to its second shape. */
const TURN = 0.55;

/** Phones at 16 kHz give one label per {@link HOP}, as frames of the features are. A breath (hh) has the shape of what follows. */
export function labelFrames(phones: readonly Phone[], samples: number): Label[] {
  const labels: Label[] = Array.from({ length: Math.floor(samples / HOP) + 1 }, () => REST);
  phones.forEach((phone, i) => {
    const own = phoneShapes(phone.phone);
    const shapes = own.length > 0 ? own : phoneShapes(phones[i + 1]?.phone ?? 'pau').slice(0, 1);
    const turn = phone.startSample + (phone.endSample - phone.startSample) * (shapes.length > 1 ? TURN : 1);
    for (let frame = Math.ceil(phone.startSample / HOP); frame * HOP < phone.endSample; frame++) {
      const shape = shapes[frame * HOP < turn ? 0 : 1] ?? shapes[0]!;
      if (frame < labels.length) labels[frame] = { viseme: shape.viseme, jaw: shape.open };
    }
  });
  return labels;
}
