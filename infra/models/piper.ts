/** Piper's voices as they are published, in the form that sherpa-onnx reads. */
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { OperatorError } from '../../telemetry/operator-error.ts';
import { field, fields } from '../setup/protobuf.mjs';

/** Of a model's message (ONNX): notes by key. */
const NOTES = 14;
const NOTE = { key: 1, value: 2 };

/** What of `NAME.onnx.json` counts here. */
const Described = z.object({
  audio: z.object({ sample_rate: z.number().int().positive() }),
  espeak: z.object({ voice: z.string() }),
  language: z.object({ code: z.string() }).optional(),
  num_speakers: z.number().int().positive().default(1),
  phoneme_id_map: z.record(z.string(), z.array(z.number().int())),
});

/**
 * Puts a voice into `models/piper/NAME`, with the notes in its model and the table of its phones that sherpa-onnx wants.
 * Gives what is to be written into the settings. Throws OperatorError.
 */
export function addPiper(name: string, model: string, models: string): string {
  if (!/^[\w-]{1,40}$/.test(name)) throw new OperatorError('a voice’s name has letters, digits, - and _, 40 at most');
  const described = read(`${model}.json`);
  const folder = path.join(models, 'piper', name);
  fs.mkdirSync(folder, { recursive: true });
  put(path.join(folder, 'tokens.txt'), tokensOf(described));
  put(path.join(folder, 'model.onnx'), withNotes(bytesOf(model), notesOf(described)));
  return `agent:
  speech:
    - use: sherpa
      languages: [${described.language?.code.slice(0, 2) ?? 'en'}]
      voices:
        ${name}:
          family: piper
          model: ${path.join(folder, 'model.onnx')}
          tokens: ${path.join(folder, 'tokens.txt')}
          data: PATH/TO/espeak-ng-data
    - use: embedded
`;
}

function bytesOf(file: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    throw new OperatorError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function read(file: string): z.output<typeof Described> {
  const text = bytesOf(file).toString();
  try {
    return Described.parse(JSON.parse(text));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : 'it is no JSON';
    throw new OperatorError(`${file} describes no voice of Piper’s: ${why}`);
  }
}

const tokensOf = ({ phoneme_id_map: ids }: z.output<typeof Described>): string =>
  Object.entries(ids)
    .map(([symbol, [id]]) => `${symbol} ${id}\n`)
    .join('');

const notesOf = ({ audio, espeak, language, num_speakers }: z.output<typeof Described>): Record<string, string> => ({
  model_type: 'vits',
  comment: 'piper',
  language: language?.code ?? espeak.voice,
  voice: espeak.voice,
  has_espeak: '1',
  n_speakers: String(num_speakers),
  sample_rate: String(audio.sample_rate),
});

/** The model with notes by these keys, in the place of others by the same. Throws OperatorError where it is no model. */
export function withNotes(model: Buffer, notes: Readonly<Record<string, string>>): Buffer {
  try {
    const kept = [...fields(model)].filter(({ number, payload }) => number !== NOTES || !(keyOf(payload) in notes));
    const added = Object.entries(notes).map(([key, value]) =>
      field(NOTES, Buffer.concat([field(NOTE.key, key), field(NOTE.value, value)])),
    );
    return Buffer.concat([...kept.map(({ bytes }) => bytes), ...added]);
  } catch (error) {
    throw new OperatorError(`this is no ONNX model: ${(error as Error).message}`);
  }
}

const keyOf = (note: number | Buffer): string =>
  typeof note === 'number' ? '' : String([...fields(note)].find(({ number }) => number === NOTE.key)?.payload);

/** Whole or not at all. */
function put(file: string, content: string | Buffer): void {
  fs.writeFileSync(`${file}.new`, content);
  fs.renameSync(`${file}.new`, file);
}
