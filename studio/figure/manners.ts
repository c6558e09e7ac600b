/** What a human figure does with its face: which shapes make a viseme and a feeling. */

import type { Weights } from '../../agents/face/pose.ts';
import type { Expression, RigFile } from '../../agents/face/rig.ts';
import { EMOTIONS, VISEMES } from '../../protocol/timeline.ts';
import type { Figure } from './model.ts';

export function visemesOf({ mouth, mesh }: Figure): RigFile['visemes'] {
  const entries = VISEMES.map(viseme => {
    const [smile, sad] = [`${viseme}_smile`, `${viseme}_sad`].map(name => (name in mouth ? name : undefined));
    const bend: Weights | undefined = mesh.shapes.has(`lips_${viseme}`) ? { [`lips_${viseme}`]: 1 } : undefined;
    return [
      viseme,
      {
        mouth: viseme in mouth ? viseme : 'base',
        ...(smile && { smile }),
        ...(sad && { sad }),
        ...(bend && { bend }),
      },
    ];
  });
  return Object.fromEntries(entries) as RigFile['visemes'];
}

interface Manner {
  /** How far the jaw is open when nothing is said. */
  jaw?: number;
  tones: { smile?: number; sad?: number };
  gaze?: { x: number; y: number };
  shapes?: Weights;
}

/** How words sound in a feeling, where the eyes drift to, how the head hangs. */
const MANNERS: Record<string, Manner> = {
  neutral: { tones: {} },
  happy: { jaw: 0.3, tones: { smile: 0.9 }, shapes: { nod_up: 0.1 } },
  sad: { tones: { sad: 0.9 }, gaze: { x: 0, y: 5 }, shapes: { nod_down: 0.45, tilt_left: 0.2 } },
  angry: { tones: { sad: 0.5 }, shapes: { nod_down: 0.3 } },
  surprised: { jaw: 0.8, tones: {}, shapes: { nod_up: 0.35 } },
  fearful: { jaw: 0.37, tones: { sad: 0.4 }, shapes: { nod_up: 0.2 } },
  disgusted: { tones: { sad: 0.3 }, shapes: { yaw_left: 0.25, nod_up: 0.1 } },
};

export function expressionsOf(figure: Figure): RigFile['expressions'] {
  const { mouth, mesh, manner = {} } = figure;
  const textured = (name: string) => (name in mouth ? name : 'base');
  const known = (weights: Weights): Weights =>
    Object.fromEntries(Object.entries(weights).filter(([name]) => mesh.shapes.has(name)));
  const entries = EMOTIONS.map((emotion): [string, Expression] => {
    const { tones, gaze, shapes, jaw } = MANNERS[emotion]!;
    const felt = known({ [`${emotion}_mouth`]: 1 });
    const rest: Expression['rest'] = [{ mouth: textured(emotion), at: 1, bend: felt, ...(jaw && { jaw }) }];
    if (emotion === 'neutral') rest[0] = { mouth: 'base', at: 1, bend: known(manner.neutral ?? {}) };
    if (emotion === 'happy') {
      if (manner.joy) rest[0] = { mouth: 'base', at: 1, bend: known(manner.joy) };
      rest.unshift({ mouth: textured('sil_smile'), at: 0.55, bend: known({ mouthSmile: 0.55 * figure.tones.smile }) });
    }
    return [
      emotion,
      {
        upper: 'open',
        rest,
        tones,
        bend: known({ [`${emotion}_upper`]: 1 }),
        ...(gaze && { gaze }),
        ...(shapes && { shapes }),
      },
    ];
  });
  const thinking: Expression = {
    upper: 'open',
    rest: [{ mouth: 'base', at: 1, bend: known({ mouthPress: 0.6 }) }],
    tones: {},
    bend: known({ browInnerUp: 0.5, browOuterUp: 0.35, eyeSquint: 0.25 }),
    gaze: { x: 9, y: -8 },
    shapes: { tilt_right: 0.35, nod_up: 0.2 },
  };
  return Object.fromEntries([...entries, ['thinking', thinking]]) as RigFile['expressions'];
}
