/**
 * The neural voice's files as the voice reads them. Its model is taken apart where the frames of the sound begin, so
 * that the first of them can be heard before the others are made; its word lists become sorted lines, which are searched
 * where they lie.
 */
import zlib from 'node:zlib';
import { partOf } from './onnx.mjs';

/** What is known of each frame before its sound is made: 128 figures, the logarithm of its pitch, its energy. */
const FEATURES = '/Concat_43_output_0';
/** Frames by what the sound is made of: five spectra of 601 bins, one after the other. */
const SPECTRA = '/head/Add_output_0';
/** How long each phone lasts, in units of two frames. */
const DURATIONS = '/Clip_output_0';

/** Phones to frames. */
export const frontOf = model =>
  partOf(model, { inputs: { ids: undefined, speed: undefined }, outputs: [FEATURES, 'f0', DURATIONS] });

/** Frames to spectra. */
export const decoderOf = model => partOf(model, { inputs: { [FEATURES]: [1, 130, 'F'] }, outputs: [SPECTRA] });

/** A packed JSON object as lines of key, tab and value, sorted by the bytes of the keys. Texts as they are, all else as JSON. */
export const sortedLines =
  (pick = whole => whole) =>
  packed =>
    lines(pick(JSON.parse(zlib.gunzipSync(packed).toString())));

function lines(object) {
  const entries = Object.entries(object).map(([key, value]) => ({
    key: Buffer.from(key),
    line: `${key}\t${typeof value === 'string' ? value : JSON.stringify(value)}\n`,
  }));
  entries.sort((a, b) => Buffer.compare(a.key, b.key));
  return Buffer.from(entries.map(({ line }) => line).join(''));
}
