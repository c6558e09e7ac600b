import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadPersonas, PersonaError } from './personas.ts';

const GOOD = `name: Mo
description: A mole.
avatar: mo
voice: slt
greeting: "Hi {name}."
script: mo.rive
instructions: Be a mole.
`;

describe('loadPersonas', () => {
  let folder: string;
  const write = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'personas-'));
    write('mo.yaml', GOOD);
    write('mo.rive', '+ *\n- Dig!\n');
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const error = (): string => {
    try {
      loadPersonas(folder);
    } catch (problem) {
      expect(problem).toBeInstanceOf(PersonaError);
      return (problem as Error).message;
    }
    throw new Error('the personas were taken');
  };

  it('reads a persona with its script and fills in what may be left out', () => {
    expect(loadPersonas(folder).get('mo')).toEqual({
      id: 'mo',
      name: 'Mo',
      description: 'A mole.',
      avatar: 'mo',
      voice: 'slt',
      greeting: 'Hi {name}.',
      instructions: 'Be a mole.',
      script: '+ *\n- Dig!\n',
      speed: 1,
      pitch: 1,
    });
  });

  it.each([
    ['a key that is missing', GOOD.replace(/^name.*\n/, ''), 'mo.yaml: name'],
    ['a key that is out of range', `${GOOD}speed: 9\n`, 'mo.yaml: speed'],
    ['a key of the wrong kind', GOOD.replace('A mole.', '[1]'), 'mo.yaml: description'],
    ['a key that nobody knows', `${GOOD}colour: blue\n`, 'colour'],
    ['a script that is not there', GOOD.replace('mo.rive', 'no.rive'), 'mo.yaml: script'],
    ['a script elsewhere', GOOD.replace('mo.rive', '../mo.rive'), 'mo.yaml: script'],
    ['what is not YAML', 'name: "Mo\n', 'mo.yaml'],
    ['an empty file', '', 'mo.yaml'],
  ])('names the file and the key for %s', (_, text, named) => {
    write('mo.yaml', text);
    expect(error()).toContain('mo.yaml');
    expect(error()).toContain(named);
  });

  it('wants at least one', () => {
    fs.rmSync(path.join(folder, 'mo.yaml'));
    expect(error()).toContain(folder);
  });
});
