import { Power } from '../base/power.ts';
import { LISTEN_RATE, SPEECH_RATE } from '../base/rates.ts';

/** 20 ms. */
const HEARD_FRAME = LISTEN_RATE / 50;
/** Samples of what was sent for one that is compared. */
const STEP = SPEECH_RATE / LISTEN_RATE;
const BIN_HZ = 50;
/** Borders of the bands that are compared, Hz: where voices are. */
const EDGES = [150, 250, 350, 500, 700, 950, 1250, 1650, 2150, 2800, 3600, 4800, 6400];
const BANDS = EDGES.length - 1;
/** An echo comes back within this many half frames: network, playout and room, 1 s. */
const LAGS = 100;
/** An echo has its place between two of them. */
const NEAR = 2;
/** Sums of the comparison fade with this, a frame: half of them is of the last 350 ms. */
const FADE = 0.96;
/** Alike enough to be an echo; unlike enough to be none. */
const ALIKE = 0.7;
const UNLIKE = 0.35;
/** Before so many frames of sound nothing is known; and as likely an echo as that, as late, in so many in a row is one. */
const EVIDENCE = 10;
const ALIKE_FRAMES = 4;
/** Where both run by one clock an echo stays where it is: it takes so many to believe in another place. */
const STEADY_FRAMES = 40;
/** Sound that nobody knows yet is held back, frames at most. */
const MOST_HELD = 13;
/** Without an echo for so many frames of the avatar's speech there is none to be held back for. */
const CLEAR_FRAMES = 40;
/** A band is explained by an echo up to so many times what is expected of it, power. */
const MARGIN = 5;
/** So much of the sound, unexplained, is a person. */
const UNEXPLAINED = 0.3;
/** Of so many frames as many must be a person's; then it takes so many without to be an echo again. */
const VOTES = 5;
const VOTES_NEEDED = 3;
const PERSON_FRAMES = 15;
/** Rooms ring: what is expected fades no faster, power a frame. */
const RINGING = 0.5;
/** Quieter is silence, mean square of 16-bit samples, -62 dBFS. */
const SILENT = 26 ** 2;
/** How fast the loudness of the echo is learned, factor a frame. */
const LEARNING = 1.06;
const LOUDER_SHARE = 0.6;
/** So alike of late, it is an echo however loud; the sums of that fade with this, a frame. */
const SAME = 0.85;
/** So unlike, it is a person however loud. */
const OTHER = 0.2;
const RECENT_FADE = 0.85;
/** How the noise of a room is followed, a frame: down at once, up by 2 dB a second. What is so much above it is heard. */
const NOISE_FALLS = 0.7;
const NOISE_RISES = 1.01;
const ABOVE = 4;
const TINY = 1;

/** What is heard of one frame. */
export interface Gated {
  pcm: Int16Array;
  audible: boolean;
}

/** Of which loudness, and how much later, the avatar's voice comes back. */
interface Echo {
  /** Half frames. */
  lag: number;
  /** By band, power. */
  gains: Float32Array;
  expected: Float32Array;
}

const NOT_ALIKE = { lag: -9, frames: 0 };

const hann = (size: number) =>
  Float32Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));

/** Power by band of one frame, comparable between rates. */
class Bands {
  readonly #fourier: Power;
  readonly #window: Float32Array;
  readonly #power: Float32Array;

  constructor(size: number) {
    this.#fourier = new Power(size);
    this.#window = hann(size);
    this.#power = new Float32Array(size / 2 + 1);
  }

  of(pcm: Int16Array, into: Float32Array): void {
    this.#fourier.of(pcm, 0, this.#window, this.#power);
    const scale = 1 / this.#fourier.size ** 2;
    for (let band = 0; band < BANDS; band++) {
      let sum = TINY;
      for (let bin = EDGES[band]! / BIN_HZ; bin < EDGES[band + 1]! / BIN_HZ; bin++) sum += this.#power[bin]! * scale;
      into[band] = sum;
    }
  }
}

/** What is always there: a follower of the least that is heard in each band. */
class Room {
  readonly noise = new Float32Array(BANDS).fill(Number.POSITIVE_INFINITY);

  /** Whether a frame is more than that. */
  isAbove(heard: Float32Array): boolean {
    let [all, noise] = [0, 0];
    for (let b = 0; b < BANDS; b++) {
      const before = this.noise[b]!;
      this.noise[b] =
        heard[b]! < before
          ? heard[b]! + NOISE_FALLS * (before === Number.POSITIVE_INFINITY ? 0 : before - heard[b]!)
          : before * NOISE_RISES;
      all += heard[b]!;
      noise += this.noise[b]!;
    }
    return all > ABOVE * noise;
  }
}

/** At the rate of microphones. What folds over is faint, above what is compared for the most part, and the same each time. */
function coarsened(pcm: Int16Array, into: Int16Array): void {
  for (let i = 0; i < into.length; i++) into[i] = (pcm[STEP * i]! + pcm[STEP * i + 1]! + pcm[STEP * i + 2]!) / STEP;
}

/** Half frames that are remembered. */
const KEPT = LAGS + NEAR + 1;

/**
 * What the avatar said last, by band: what may come back. One for all microphones of a line. Each half frame's bands lie
 * side by side, {@link at} tells where.
 */
export class SentSound {
  readonly power = new Float32Array(KEPT * BANDS).fill(TINY);
  readonly rise = new Float32Array(KEPT * BANDS);
  /** Of each half frame the sum of the squares of its rises. */
  readonly squares = new Float32Array(KEPT);
  readonly #bands = new Bands(HEARD_FRAME);
  readonly #rises = [new Rise(), new Rise()] as const;
  readonly #coarse = new Int16Array(HEARD_FRAME);
  readonly #between = new Int16Array(HEARD_FRAME);
  #silentFrames = LAGS;
  #newest = 0;

  /** The place of the half frame that was sent so many half frames before the newest. */
  at(lag: number): number {
    return (this.#newest + lag) % KEPT;
  }

  /** Every 20 ms: what was sent in them, 48 kHz; undefined for nothing. */
  push(pcm: Int16Array | undefined): void {
    this.#silentFrames = pcm === undefined ? this.#silentFrames + 2 : 0;
    if (!this.isInTheAir) return;
    const half = HEARD_FRAME / 2;
    const [coarse, between] = [this.#coarse, this.#between];
    if (pcm === undefined) coarse.fill(0);
    else coarsened(pcm, coarse);
    between.copyWithin(0, half);
    between.set(coarse.subarray(0, half), half);
    const [middle, whole] = this.#rises;
    this.#add(between, middle);
    this.#add(pcm === undefined ? undefined : coarse, whole);
    between.set(coarse.subarray(half), half);
  }

  #add(sound: Int16Array | undefined, rise: Rise): void {
    this.#newest = (this.#newest + KEPT - 1) % KEPT;
    const [from, to] = [this.#newest * BANDS, (this.#newest + 1) * BANDS];
    const power = this.power.subarray(from, to);
    if (sound === undefined) power.fill(TINY);
    else this.#bands.of(sound, power);
    this.squares[this.#newest] = rise.of(power, this.rise.subarray(from, to));
  }

  /** Something of it may still be on its way. */
  get isInTheAir(): boolean {
    return this.#silentFrames < LAGS;
  }
}

/**
 * Takes the avatar's own voice out of one person's microphone [L2]. What comes back through a loudspeaker is like what
 * was sent, band by band, some time later, and no louder than it has been; what is not explained by it is a person.
 */
export class EchoGate {
  readonly #sent: SentSound;
  /** Frames in a row that move an echo to another place. */
  readonly #again: number;
  readonly #bands = new Bands(HEARD_FRAME);
  /** For each lag: the sums of products that tell how alike both are. */
  readonly #cross = new Float64Array(LAGS);
  readonly #sentSquares = new Float64Array(LAGS);
  readonly #room = new Room();
  readonly #heard = new Float32Array(BANDS);
  readonly #risen = new Float32Array(BANDS);
  readonly #most = new Float32Array(BANDS);
  #heardSquares = 0;
  readonly #heardRise = new Rise();
  /** The same at the echo's lag, of the last 100 ms: products, squares of what is heard, and of what was sent. */
  readonly #recent: [cross: number, heard: number, sent: number] = [0, 0, 0];
  #evidence = 0;
  /** How many frames in a row were like what was sent, and how late. */
  #alike = NOT_ALIKE;
  /** Frames of the avatar's speech in which nothing came back. */
  #clearFrames = 0;
  #echo: Echo | undefined;
  /** Whether the last frames had a person in them, and how long ago the last such was. */
  #votes: boolean[] = [];
  #sincePerson = Number.POSITIVE_INFINITY;
  #held: Gated[] = [];

  /** @param steady what is heard and what is sent run by one clock: an echo comes back after the same time always */
  constructor(sent: SentSound, { steady = false } = {}) {
    this.#sent = sent;
    this.#again = steady ? STEADY_FRAMES : ALIKE_FRAMES;
  }

  /** The next 20 ms, 16 kHz. What may be passed on now: nothing, while it is not known whose it is. */
  push(frame: Gated): Gated[] {
    const heard = this.#heard;
    if (frame.audible) this.#bands.of(frame.pcm, heard);
    else heard.fill(TINY);
    const isSilent = !this.#room.isAbove(heard) || meanSquare(frame.pcm) < SILENT;
    if (!this.#sent.isInTheAir) {
      const held = this.#released();
      this.#evidence = 0;
      return [...held, frame];
    }
    this.#compare(heard, isSilent);
    if (isSilent) {
      this.#clearFrames += 1;
      return [...this.#released(), frame];
    }
    const [lag, likeness] = this.#likest();
    const isAlike = this.#evidence >= EVIDENCE && likeness > ALIKE;
    this.#alike = isAlike
      ? { lag, frames: Math.abs(this.#alike.lag - lag) <= NEAR ? this.#alike.frames + 1 : 1 }
      : NOT_ALIKE;
    if (this.#alike.frames >= (this.#echo === undefined ? ALIKE_FRAMES : this.#again)) this.#found(lag, heard);
    if (this.#echo !== undefined) {
      const mine = this.#isEcho(this.#echo, heard);
      // What was held back was the beginning of this.
      const held = mine ? this.#held.splice(0).map(hush) : this.#released();
      return [...held, mine ? hush(frame) : frame];
    }
    if (likeness < UNLIKE) this.#clearFrames += 1;
    const isKnown = this.#clearFrames >= CLEAR_FRAMES || this.#held.length >= MOST_HELD;
    if (isKnown) return [...this.#released(), frame];
    this.#held.push(frame);
    return [];
  }

  #released(): Gated[] {
    return this.#held.splice(0);
  }

  /** Running correlation of the bands' loudness, for each lag. */
  #compare(heard: Float32Array, isSilent: boolean): void {
    if (!isSilent) this.#evidence += 1;
    const x = this.#risen;
    const own = this.#heardRise.of(heard, x);
    this.#heardSquares = this.#heardSquares * FADE + own;
    const { rise, squares: sentSquares } = this.#sent;
    for (let lag = 0; lag < LAGS; lag++) {
      const place = this.#sent.at(lag);
      const from = place * BANDS;
      let cross = 0;
      for (let b = 0; b < BANDS; b++) cross += x[b]! * rise[from + b]!;
      const squares = sentSquares[place]!;
      this.#cross[lag] = this.#cross[lag]! * FADE + cross;
      this.#sentSquares[lag] = this.#sentSquares[lag]! * FADE + squares;
      if (lag === this.#echo?.lag)
        for (const [i, value] of [cross, own, squares].entries())
          this.#recent[i] = this.#recent[i]! * RECENT_FADE + value;
    }
  }

  #likest(): [lag: number, likeness: number] {
    let [best, likeness] = [0, 0];
    for (let lag = 0; lag < LAGS; lag++) {
      const norm = Math.sqrt(this.#heardSquares * this.#sentSquares[lag]!);
      const alike = norm === 0 ? 0 : this.#cross[lag]! / norm;
      if (alike > likeness) [best, likeness] = [lag, alike];
    }
    return [best, likeness];
  }

  #found(lag: number, heard: Float32Array): void {
    if (this.#echo !== undefined && Math.abs(this.#echo.lag - lag) <= NEAR) return;
    const sent = this.#around(lag);
    const gains = this.#echo?.gains ?? heard.map((power, b) => Math.min(4, power / sent[b]!));
    this.#echo = { lag, gains, expected: new Float32Array(BANDS) };
    for (const [i, sum] of [this.#cross[lag]!, this.#heardSquares, this.#sentSquares[lag]!].entries())
      this.#recent[i] = sum;
  }

  /** Whether all that is heard is an echo; learns how loud that is. */
  #isEcho({ lag, gains, expected }: Echo, heard: Float32Array): boolean {
    const sent = this.#around(lag);
    let [all, unexplained] = [0, 0];
    for (let b = 0; b < BANDS; b++) {
      expected[b] = Math.max(sent[b]!, expected[b]! * RINGING);
      all += heard[b]!;
      unexplained += Math.max(0, heard[b]! - MARGIN * (gains[b]! * expected[b]! + this.#room.noise[b]!));
    }
    const [cross, heardSquares, sentSquares] = this.#recent;
    const recent = cross / Math.sqrt(heardSquares * sentSquares + TINY);
    const isMore = recent < SAME && (unexplained > UNEXPLAINED * all || recent < OTHER);
    // What a person adds says nothing of the echo.
    if (!isMore)
      for (let b = 0; b < BANDS; b++)
        // A quantile: an echo is louder than is expected of it now and then.
        if (expected[b]! > 100 * TINY)
          gains[b]! *= heard[b]! > gains[b]! * expected[b]! ? LEARNING ** LOUDER_SHARE : LEARNING ** (LOUDER_SHARE - 1);
    this.#votes = [...this.#votes, isMore].slice(-VOTES);
    const isPerson = this.#votes.filter(Boolean).length >= VOTES_NEEDED;
    this.#sincePerson = isPerson ? 0 : this.#sincePerson + 1;
    return this.#sincePerson > PERSON_FRAMES;
  }

  /** What was sent about then: frames of both do not begin at the same moment. */
  #around(lag: number): Float32Array {
    const most = this.#most.fill(0);
    for (let near = Math.max(0, lag - NEAR); near <= lag + NEAR; near++) {
      const from = this.#sent.at(near) * BANDS;
      for (let b = 0; b < BANDS; b++) most[b] = Math.max(most[b]!, this.#sent.power[from + b]!);
    }
    return most;
  }
}

/** How much louder each band has become since two frames ago, as a logarithm: what voices differ in, and rooms leave. */
class Rise {
  #before = new Float64Array(BANDS);
  #last = new Float64Array(BANDS);

  /** @returns the sum of the squares of what was written */
  of(bands: Float32Array, into: Float32Array): number {
    const levels = this.#before;
    let squares = 0;
    for (let b = 0; b < BANDS; b++) {
      const level = Math.log(bands[b]!);
      const rise = level - levels[b]!;
      into[b] = rise;
      squares += rise * rise;
      levels[b] = level;
    }
    [this.#before, this.#last] = [this.#last, levels];
    return squares;
  }
}

const hush = ({ pcm }: Gated): Gated => ({ pcm: new Int16Array(pcm.length), audible: false });

function meanSquare(pcm: Int16Array): number {
  let sum = 0;
  for (const sample of pcm) sum += sample * sample;
  return sum / pcm.length;
}
