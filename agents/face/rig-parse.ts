/** Reads `rig.json`, and says what is wrong with it beyond its format. */
import { z } from 'zod';
import { type Rect, RigError, RigFile } from './rig.ts';

/** Reads `rig.json` and checks that every name it uses exists and everything lies inside the frame. */
export function parseRig(text: string): RigFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new RigError('bad-format', 'rig.json is not JSON', { cause });
  }
  const parsed = RigFile.safeParse(json);
  if (!parsed.success) throw new RigError('bad-format', `rig.json: ${z.prettifyError(parsed.error)}`);
  const rig = parsed.data;
  const faults = [...nameFaults(rig), ...placeFaults(rig)];
  if (faults.length) throw new RigError('bad-format', `rig.json: ${faults.join('; ')}`);
  return rig;
}

function* nameFaults(rig: RigFile): Generator<string> {
  const { upper, mouth, mesh, motion, face, gaze, blink, emphasis } = rig;
  const unknown = (kind: string, names: (string | undefined)[], known: object) =>
    names.filter(name => name !== undefined && !Object.hasOwn(known, name)).map(name => `unknown ${kind} "${name}"`);
  const bends = function* (...weights: (Record<string, number> | undefined)[]) {
    for (const w of weights) yield* unknown('face shape', Object.keys(w ?? {}), face?.shapes ?? {});
  };
  for (const [kind, patch] of Object.entries({ upper, mouth })) {
    yield* unknown(`${kind} texture`, Object.keys(patch.taken ?? {}), patch.textures);
    yield* bends(...Object.values(patch.taken ?? {}));
  }
  yield* unknown('mouth texture', Object.keys(mouth.lips ?? {}), mouth.textures);
  yield* unknown('upper texture', [...blink.chain, emphasis?.upper], upper.textures);
  for (const e of Object.values(rig.expressions)) {
    yield* unknown('upper texture', [e.upper, ...(e.lids ?? []), e.closed], upper.textures);
    const rests = e.rest.map(r => r.mouth);
    yield* unknown('mouth texture', rests, mouth.textures);
    yield* unknown('mesh shape', Object.keys(e.shapes ?? {}), mesh.shapes);
    yield* bends(e.bend, ...e.rest.map(r => r.bend));
  }
  for (const v of Object.values(rig.visemes)) {
    yield* unknown('mouth texture', [v.mouth, v.smile, v.sad], mouth.textures);
    yield* bends(v.bend);
  }
  yield* bends(gaze.bend?.up, gaze.bend?.down, blink.bend, emphasis?.bend, motion.jaw);
  yield* bends(rig.tones?.smile, rig.tones?.sad);
  const axes = [motion.yaw, motion.tilt, motion.nod].flatMap(axis => [axis.negative, axis.positive]);
  const others = [motion.breathe?.shape, ...motion.sway.map(s => s.shape), ...Object.keys(motion.arms ?? {})];
  yield* unknown('mesh shape', [...axes, ...others], mesh.shapes);
}

function* placeFaults(rig: RigFile): Generator<string> {
  const eyes = rig.eyes.map((e, i): [string, Rect] => [`eye ${i}`, e.rect]);
  const interior: [string, Rect][] = rig.interior ? [['interior', rig.interior.rect]] : [];
  for (const [name, rect] of [['upper', rig.upper.rect], ['mouth', rig.mouth.rect], ...eyes, ...interior] as const)
    if (rect.x + rect.width > rig.width || rect.y + rect.height > rig.height) yield `${name} lies outside the frame`;
  if (rig.interior && !contains(rig.mouth.rect, rig.interior.rect)) yield 'the interior lies outside the mouth';
  if (rig.eyes.some(eye => overlap(eye.rect, rig.mouth.rect))) yield 'an eye overlaps the mouth';
  if (rig.focus.x < 0 || rig.focus.x > rig.width || rig.focus.y < 0 || rig.focus.y > rig.height)
    yield 'the focus lies outside the frame';
}

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function contains(a: Rect, b: Rect): boolean {
  return b.x >= a.x && b.y >= a.y && b.x + b.width <= a.x + a.width && b.y + b.height <= a.y + a.height;
}
