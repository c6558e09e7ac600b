/** From phones to mouth targets that flow into each other the way mouths do. */
import type { Phone, Viseme, VisemeEvent } from '../../protocol/timeline.ts';

/** How a kind of sound behaves among its neighbours. */
type Kind = 'vowel' | 'round' | 'closure' | 'firm' | 'weak' | 'silence';

interface Target {
  viseme: Viseme;
  /** Jaw, 0..1. */
  open: number;
  kind: Kind;
}

const target = (viseme: Viseme, open: number, kind: Kind): Target[] => [{ viseme, open, kind }];
const glide = (from: Target[], to: Target[]): Target[] => [...from, ...to];

const AA = target('aa', 0.95, 'vowel');
const EH = target('E', 0.55, 'vowel');
const IY = target('I', 0.3, 'vowel');
const AO = target('O', 0.6, 'round');
const UW = target('U', 0.25, 'round');
const SILENT = target('sil', 0, 'silence');

/** CMU phones as flite names them, to one target, or two where the sound moves. */
const TARGETS: Record<string, Target[]> = {
  aa: AA,
  ae: target('aa', 0.75, 'vowel'),
  ah: target('aa', 0.6, 'vowel'),
  ao: AO,
  aw: glide(AA, UW),
  ax: target('E', 0.35, 'vowel'),
  axr: target('RR', 0.25, 'vowel'),
  ay: glide(AA, IY),
  b: target('PP', 0, 'closure'),
  ch: target('CH', 0.2, 'firm'),
  d: target('DD', 0.2, 'weak'),
  dh: target('TH', 0.2, 'firm'),
  eh: EH,
  er: target('RR', 0.3, 'vowel'),
  ey: glide(EH, IY),
  f: target('FF', 0.08, 'closure'),
  g: target('kk', 0.3, 'weak'),
  hh: [],
  hv: [],
  ih: target('I', 0.35, 'vowel'),
  iy: IY,
  jh: target('CH', 0.2, 'firm'),
  k: target('kk', 0.3, 'weak'),
  l: target('nn', 0.25, 'weak'),
  m: target('PP', 0, 'closure'),
  n: target('nn', 0.2, 'weak'),
  ng: target('kk', 0.25, 'weak'),
  ow: glide(AO, UW),
  oy: glide(AO, IY),
  p: target('PP', 0, 'closure'),
  pau: SILENT,
  r: target('RR', 0.2, 'firm'),
  s: target('SS', 0.12, 'firm'),
  sh: target('CH', 0.2, 'firm'),
  ssil: SILENT,
  t: target('DD', 0.2, 'weak'),
  th: target('TH', 0.2, 'firm'),
  uh: target('U', 0.35, 'round'),
  uw: UW,
  v: target('FF', 0.08, 'closure'),
  w: target('U', 0.15, 'round'),
  y: target('I', 0.25, 'weak'),
  z: target('SS', 0.12, 'firm'),
  zh: target('CH', 0.2, 'firm'),
};
/** For a phone that this table does not know. */
const UNKNOWN = target('E', 0.3, 'weak');

const shapesOfPhone = (phone: string): readonly Target[] => TARGETS[plain(phone)] ?? UNKNOWN;
const plain = (phone: string) => phone.toLowerCase().replace(/\d$/, '');

/** The shapes a phone goes through, in order, with the jaw (0..1); none where it is spoken through its neighbours. */
export const phoneShapes = (phone: string): readonly { viseme: Viseme; open: number }[] => shapesOfPhone(phone);

/** A shape is held from this long after a phone's start until as long before its end. */
const EDGE_MS: Record<Kind, number> = { vowel: 50, round: 45, closure: 8, firm: 28, weak: 28, silence: 60 };
/** Movement into and out of touching lips. */
const CLOSURE_MS = 75;
/** Rounding is prepared this long before its sound. */
const ROUND_AHEAD_MS = 120;
/** A vowel this long reaches its full shape. */
const FULL_VOWEL_MS = 90;
const SHORT_VOWEL = 0.6;
const UNSTRESSED = 0.85;

interface Peak extends Target {
  phoneme: string;
  sample: number;
  weight: number;
  phoneStart: number;
  phoneEnd: number;
}

/**
 * Mouth targets of a sentence, in the order of their start; all positions are samples at `sampleRate`, like
 * the phones'. Silence gives `sil`; the breath of an `hh` gives nothing of its own, the vowel is heard through it.
 */
export function phonesToVisemes(phones: readonly Phone[], { sampleRate }: { sampleRate: number }): VisemeEvent[] {
  const perMs = sampleRate / 1000;
  const peaks = phones.flatMap(phone => phonePeaks(phone, perMs));
  const total = phones.at(-1)?.endSample ?? 0;
  return peaks
    .map((peak, i) => {
      const [start, end] = reach(peaks, i, perMs);
      return {
        viseme: peak.viseme,
        phoneme: peak.phoneme,
        startSample: Math.max(0, Math.round(Math.min(start, peak.sample))),
        peakSample: peak.sample,
        endSample: Math.min(total, Math.round(Math.max(end, peak.sample))),
        weight: peak.weight,
        mouthOpen: peak.open * peak.weight,
      };
    })
    .sort((a, b) => a.startSample - b.startSample || a.peakSample - b.peakSample);
}

function phonePeaks(phone: Phone, perMs: number): Peak[] {
  const phoneme = plain(phone.phone);
  const targets = shapesOfPhone(phone.phone);
  const { startSample, endSample } = phone;
  const length = endSample - startSample;
  const peak = (t: Target, share: number): Peak => ({
    ...t,
    phoneme,
    sample: Math.round(startSample + length * share),
    weight: weightOf(t, phone, length / perMs),
    phoneStart: startSample,
    phoneEnd: endSample,
  });
  if (targets.length === 2) return [peak(targets[0]!, 0.3), peak(targets[1]!, 0.85)];
  return targets.flatMap(t => {
    const edge = (EDGE_MS[t.kind] * perMs) / length;
    return edge < 0.45 ? [peak(t, edge), peak(t, 1 - edge)] : [peak(t, 0.5)];
  });
}

/** Short and unstressed vowels fall short of their shape; consonants do not. */
function weightOf({ kind }: Target, { stress }: Phone, lengthMs: number): number {
  if (kind !== 'vowel' && kind !== 'round') return 1;
  const reached = Math.min(1, SHORT_VOWEL + ((1 - SHORT_VOWEL) * lengthMs) / FULL_VOWEL_MS);
  return stress === 0 ? reached * UNSTRESSED : reached;
}

/** From where to where a target is felt. Neighbours share the way between them, so that their shares sum to 1. */
function reach(peaks: Peak[], i: number, perMs: number): [start: number, end: number] {
  const peak = peaks[i]!;
  if (peak.kind === 'closure') {
    const held = (other: Peak | undefined) => other?.viseme === peak.viseme && other.phoneStart === peak.phoneStart;
    const before = peaks[i - 1];
    const after = peaks[i + 1];
    return [
      held(before) ? before!.sample : peak.sample - CLOSURE_MS * perMs,
      held(after) ? after!.sample : peak.sample + CLOSURE_MS * perMs,
    ];
  }
  let start = neighbour(peaks, i, -1)?.sample ?? peak.phoneStart;
  const end = neighbour(peaks, i, 1)?.sample ?? peak.phoneEnd;
  if (peak.kind === 'round') start = Math.min(start, peak.phoneStart - ROUND_AHEAD_MS * perMs);
  return [start, end];
}

/**
 * The next target that this one makes way for. Weak consonants are spoken through the vowels around them, and
 * lips may close while the tongue already is on its way.
 */
function neighbour(peaks: Peak[], i: number, step: 1 | -1): Peak | undefined {
  const passes: ReadonlySet<Kind> = new Set(peaks[i]!.kind === 'weak' ? ['closure'] : ['closure', 'weak']);
  let n = i + step;
  while (peaks[n] && passes.has(peaks[n]!.kind)) n += step;
  return peaks[n];
}
