import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PersonaError, type PersonaSource } from './persona-file.ts';
import { loadPersonas, Personas } from './personas.ts';

const GOOD = `name: Mo
description: A mole.
avatar: mo
voice: slt
greeting: "Hi {name}."
script: mo.rive
instructions: Be a mole.
`;
const MARKDOWN = `---
${GOOD.replace('instructions: Be a mole.\n', '')}---

Be a mole.

Dig **deep**.
`;

let folder: string;
const write = (name: string, text: string) => {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), text);
};
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'personas-'));
  write('mo.yaml', GOOD);
  write('mo.rive', '+ *\n- Dig!\n');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const problem = (): string => {
  try {
    loadPersonas(folder);
  } catch (error) {
    expect(error).toBeInstanceOf(PersonaError);
    return (error as Error).message.replace(`${folder}${path.sep}`, '');
  }
  throw new Error('the personas were taken');
};

describe('loadPersonas', () => {
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
      scriptFiles: [{ file: path.join(folder, 'mo.rive'), lines: 3 }],
      language: 'en',
      speed: 1,
      pitch: 1,
    });
  });

  it('reads what a persona may say of itself besides', () => {
    write(
      'mo.yaml',
      `${GOOD}language: de-CH\nexpertise: [soil, worms]\nstyle: Dry.\nlimits:\n  answerSeconds: 9\n  sentences: 2\n`,
    );
    expect(loadPersonas(folder).get('mo')).toMatchObject({
      language: 'de-CH',
      expertise: ['soil', 'worms'],
      style: 'Dry.',
      limits: { answerSeconds: 9, sentences: 2 },
    });
  });

  it('reads Markdown: the settings at the front, the instructions below', () => {
    fs.rmSync(path.join(folder, 'mo.yaml'));
    write('mo.md', MARKDOWN);
    write('README.md', '# Not a persona');
    const personas = loadPersonas(folder);
    expect([...personas.keys()]).toEqual(['mo']);
    expect(personas.get('mo')).toMatchObject({ name: 'Mo', instructions: 'Be a mole.\n\nDig **deep**.' });
    write('mo.md', MARKDOWN.replaceAll('\n', '\r\n'));
    expect(loadPersonas(folder).get('mo')).toMatchObject({ name: 'Mo', script: '+ *\n- Dig!\n' });
  });

  it('puts several scripts together', () => {
    write('shared/base.rive', '+ hello\n- Hi.');
    write('mo.yaml', GOOD.replace('script: mo.rive', 'scripts: [shared/base.rive, mo.rive]'));
    expect(loadPersonas(folder).get('mo')?.script).toBe('+ hello\n- Hi.\n+ *\n- Dig!\n');
  });

  it.each([
    ['a key that is missing', GOOD.replace(/^name.*\n/, ''), 'mo.yaml:1: name: '],
    ['a key that is out of range', `${GOOD}speed: 9\n`, 'mo.yaml:8: speed: '],
    ['a key of the wrong kind', GOOD.replace('A mole.', '[1]'), 'mo.yaml:2: description: '],
    ['a key that nobody knows', `${GOOD}speed: 1\ncolour: blue\n`, 'mo.yaml:9: colour: '],
    [
      'a key within a key',
      `${GOOD}limits:\n  sentences: 2\n  answerSeconds: soon\n`,
      'mo.yaml:10: limits.answerSeconds: ',
    ],
    ['one of a list', `${GOOD}expertise:\n  - soil\n  - ''\n`, 'mo.yaml:10: expertise.1: '],
    ['what is no language', `${GOOD}language: English, please\n`, 'mo.yaml:8: language: '],
    ['a script that is not there', GOOD.replace('mo.rive', 'no.rive'), 'mo.yaml:6: script: there is no '],
    ['a script elsewhere', GOOD.replace('mo.rive', '../mo.rive'), 'mo.yaml:6: script: '],
    ['no script', GOOD.replace(/^script.*\n/m, ''), 'mo.yaml:1: script: '],
    ['script and scripts', `${GOOD}scripts: [mo.rive]\n`, 'mo.yaml:6: script: '],
    [
      'one of the scripts',
      GOOD.replace('script: mo.rive', 'scripts:\n  - mo.rive\n  - a/no.rive'),
      'mo.yaml:8: scripts.1: ',
    ],
    ['scripts elsewhere', GOOD.replace('script: mo.rive', 'scripts: [a/../../mo.rive]'), 'mo.yaml:6: scripts.0: '],
    ['what is not YAML', 'name: "Mo\n', 'mo.yaml:2: '],
    ['a key that is there twice', `${GOOD}name: Jo\n`, 'mo.yaml:8: '],
    ['an empty file', '', 'mo.yaml:1: '],
    ['a list', '- Mo\n', 'mo.yaml:1: '],
  ])('names the file, the line and the key for %s', (_, text, named) => {
    write('mo.yaml', text);
    expect(problem()).toMatch(new RegExp(`^${named.replaceAll('.', '\\.')}`));
  });

  it.each([
    ['a key in the front', MARKDOWN.replace('voice: slt', 'voice: 5'), 'mo.md:5: voice: '],
    ['no instructions', MARKDOWN.slice(0, MARKDOWN.indexOf('Be a mole')), 'mo.md:9: instructions: '],
    ['instructions twice', MARKDOWN.replace('name: Mo', 'name: Mo\ninstructions: x'), 'mo.md:3: instructions: '],
    ['no front', '# Mo\n\nIs a mole.\n\n---\n\n---\n', 'mo.md:1: '],
    ['a front that does not end', MARKDOWN.replace('\n---\n\n', '\n\n'), 'mo.md:1: '],
  ])('names them for Markdown with %s', (_, text, named) => {
    fs.rmSync(path.join(folder, 'mo.yaml'));
    write('mo.md', text);
    expect(problem()).toMatch(new RegExp(`^${named.replaceAll('.', '\\.')}`));
  });

  it('does not take two files for one persona', () => {
    write('mo.md', MARKDOWN);
    expect(problem()).toMatch(/mo\.yaml:1: there is a .*mo\.md already/);
  });

  it('wants at least one', () => {
    fs.rmSync(path.join(folder, 'mo.yaml'));
    expect(problem()).toContain(folder);
  });
});

describe('Personas', () => {
  const refused = vi.fn<(problem: string) => void>();
  const admit = vi.fn<(source: PersonaSource) => void>(({ persona, place }) => {
    if (persona.script.includes('(oops')) throw new PersonaError(`${place('script')}: oops`);
  });
  beforeEach(() => {
    refused.mockClear();
    admit.mockClear();
  });
  const open = () => new Personas(folder, { admit, refused });
  /** As an editor saves: at another time. */
  let seconds = Date.now() / 1000;
  const save = (name: string, text: string) => {
    write(name, text);
    seconds += 10;
    fs.utimesSync(path.join(folder, name), seconds, seconds);
  };

  it('reads nothing again while nothing changes', () => {
    const personas = open();
    expect(personas.get('mo')).toBe(personas.get('mo'));
    expect(personas.values()).toEqual([personas.get('mo')]);
    expect(admit).toHaveBeenCalledTimes(1);
    expect(personas.get('nobody')).toBeUndefined();
  });

  it('has what a file says now; who was given the persona keeps it', () => {
    const personas = open();
    const before = personas.get('mo')!;
    save('mo.yaml', GOOD.replace('A mole.', 'A new mole.'));
    expect(personas.get('mo')?.description).toBe('A new mole.');
    expect(before.description).toBe('A mole.');
    save('mo.rive', '+ *\n- Dig deeper!\n');
    expect(personas.get('mo')?.script).toContain('Dig deeper');
    expect(refused).not.toHaveBeenCalled();
  });

  it('has files that are added', () => {
    const personas = open();
    save('jo.yaml', GOOD.replace('Mo', 'Jo'));
    expect(personas.get('jo')?.name).toBe('Jo');
    expect(personas.values()).toHaveLength(2);
  });

  it.each<[string, string, string, RegExp]>([
    ['an edit', 'mo.yaml', `${GOOD}speed: fast\n`, /mo\.yaml:8: speed: /],
    ['a script', 'mo.rive', '+ *\n- Dig!\n\n+ (oops\n- No.\n', /mo\.yaml:6: script: oops/],
  ])('keeps the persona when %s is wrong, says so once, and takes the next that is right', (_, name, text, said) => {
    const personas = open();
    const before = personas.get('mo');
    save(name, text);
    expect(personas.get('mo')).toBe(before);
    expect(personas.get('mo')).toBe(before);
    expect(refused.mock.calls).toEqual([[expect.stringMatching(said)]]);
    save(name, name === 'mo.yaml' ? `${GOOD}speed: 1.5\n` : '+ *\n- Better.\n');
    expect(personas.get('mo')).not.toBe(before);
    expect(refused).toHaveBeenCalledTimes(1);
  });

  it('keeps a persona whose file is gone', () => {
    const personas = open();
    save('jo.yaml', GOOD);
    personas.get('jo');
    fs.rmSync(path.join(folder, 'jo.yaml'));
    expect(personas.get('jo')?.id).toBe('jo');
  });
});
