import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OperatorError } from '../../telemetry/operator-error.ts';
import { field, fields } from '../setup/protobuf.mjs';
import { addPiper, withNotes } from './piper.ts';

const note = (key: string, value: string) => field(14, Buffer.concat([field(1, key), field(2, value)]));
/** A version, a graph, and notes. */
const MODEL = Buffer.concat([field(1, 8), note('sample_rate', '1'), note('author', 'Ann'), field(7, 'the graph')]);
const DESCRIBED = {
  audio: { sample_rate: 22_050, quality: 'medium' },
  espeak: { voice: 'en-us' },
  language: { code: 'en_US' },
  num_speakers: 1,
  phoneme_id_map: { _: [0], '^': [1], ' ': [3], ə: [59] },
};

const notesIn = (model: Buffer): Record<string, string> =>
  Object.fromEntries(
    [...fields(model)]
      .filter(({ number }) => number === 14)
      .map(({ payload }) => [...fields(payload as Buffer)].map(each => String(each.payload))),
  );

let folder: string;
let model: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-piper-'));
  model = path.join(folder, 'en_US-joe-medium.onnx');
  fs.writeFileSync(model, MODEL);
  fs.writeFileSync(`${model}.json`, JSON.stringify(DESCRIBED));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('a voice of Piper’s', () => {
  it('is put beside the models as sherpa-onnx reads it; what is to be written into the settings is told', () => {
    const settings = addPiper('joe', model, folder);
    const made = (name: string) => path.join(folder, 'piper/joe', name);
    expect(fs.readFileSync(made('tokens.txt'), 'utf8')).toBe('_ 0\n^ 1\n  3\nə 59\n');
    expect(notesIn(fs.readFileSync(made('model.onnx')))).toEqual({
      author: 'Ann',
      model_type: 'vits',
      comment: 'piper',
      language: 'en_US',
      voice: 'en-us',
      has_espeak: '1',
      n_speakers: '1',
      sample_rate: '22050',
    });
    expect(settings).toContain(`model: ${made('model.onnx')}`);
    expect(settings).toContain('languages: [en]');
  });

  it('keeps all of its model but the notes', () => {
    const others = (of: Buffer) => [...fields(of)].filter(({ number }) => number !== 14).map(({ bytes }) => bytes);
    expect(others(withNotes(MODEL, { sample_rate: '2' }))).toEqual(others(MODEL));
  });

  it.each([
    ['../joe', () => {}, /name/],
    ['joe', () => fs.rmSync(model), /cannot be read/],
    ['joe', () => fs.rmSync(`${model}.json`), /cannot be read/],
    ['joe', () => fs.writeFileSync(`${model}.json`, 'x'), /it is no JSON/],
    ['joe', () => fs.writeFileSync(`${model}.json`, '{}'), /describes no voice of Piper’s.*/],
    ['joe', () => fs.writeFileSync(model, 'no model'), /no ONNX model/],
  ])('is refused where something is wrong: %s %s', (name, spoil, message) => {
    spoil();
    const adding = () => addPiper(name, model, folder);
    expect(adding).toThrow(message);
    expect(adding).toThrow(OperatorError);
  });
});
