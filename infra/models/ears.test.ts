import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { missingEars } from '../../agents/providers/sherpa/ears/models.ts';
import { AgentSettings } from '../../settings/agent.ts';
import { OperatorError } from '../../telemetry/operator-error.ts';
import { addEars, listEars } from './ears.ts';

let folder: string;
let models: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-ears-'));
  models = path.join(folder, 'models');
  put('model.int8.onnx', Buffer.alloc(20_000, 8));
  put('tokens.txt', '<unk> 0\n<s> 1\n');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));
const put = (name: string, content: string | Buffer) => fs.writeFileSync(path.join(folder, name), content);

describe('a recognizer of the catalogue', () => {
  it('is put in its place, and the settings that are told name it', () => {
    expect(missingEars('sense-voice-small', models)).toMatch(/is not here: fetch the files of https:/);
    const told = parse(addEars('sense-voice-small', folder, models)) as { agent: object };
    expect(missingEars('sense-voice-small', models)).toBeUndefined();
    const { recognition, feelings } = AgentSettings.parse(told.agent);
    expect(recognition.map(({ as }) => as)).toEqual(['ears', 'sherpa']);
    expect(feelings.map(({ use }) => use)).toEqual(['sherpa', 'prosody']);
    expect(listEars(models).find(line => line.startsWith('sense-voice-small'))).toMatch(/; here;/);
    expect(listEars(models).find(line => line.startsWith('whisper-base'))).toMatch(/; not here;.*base-encoder/);
  });

  it.each([
    ['is missing', () => fs.rmSync(path.join(folder, 'model.int8.onnx')), /the model of sense-voice-small is not at/],
    [
      'is a pointer to it',
      () => put('model.int8.onnx', 'version https://git-lfs.github.com/spec/v1\n'),
      /a page or a pointer/,
    ],
    ['is a page', () => put('model.int8.onnx', `<!DOCTYPE html>${' '.repeat(20_000)}`), /a page or a pointer/],
    ['is empty', () => put('model.int8.onnx', ''), /it is too small/],
    ['is another table', () => put('tokens.txt', '{"a": 1}'), /no table of tokens/],
  ])('one of whose files %s is refused, and nothing is changed', (_, spoil, message) => {
    spoil();
    expect(() => addEars('sense-voice-small', folder, models)).toThrow(OperatorError);
    expect(() => addEars('sense-voice-small', folder, models)).toThrow(message);
    expect(fs.existsSync(models)).toBe(false);
  });

  it('that is not known is told, with those that are', () => {
    expect(() => addEars('constructor', folder, models)).toThrow(/there are: sense-voice-small, whisper-base/);
  });
});
