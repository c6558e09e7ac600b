import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChatEndpoint } from '../agents/testing/chat-endpoint.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-rehearse-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const scenarios = (name: string, text: string) => {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  return file;
};

/** Runs `npm run rehearse -- …`. */
function run(args: string[], variables: NodeJS.ProcessEnv = {}): Promise<{ status: number; out: string; err: string }> {
  const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, ...env } = process.env;
  return new Promise(resolve => {
    execFile(
      process.execPath,
      ['rehearse/main.ts', ...args],
      { cwd: ROOT, env: { ...env, ...variables } },
      (error, out, err) => resolve({ status: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

describe('npm run rehearse', () => {
  it('holds the scenarios of the shipped personas, typed, with what is embedded', async () => {
    const files = fs.readdirSync(path.join(ROOT, 'scenarios')).map(name => `scenarios/${name}`);
    const { status, out, err } = await run([...files, '--times', '5']);
    expect(out).not.toMatch(/^FAILED/m);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(/\n\d{2} passed, 0 failed, \d+ skipped\n$/);
  });

  it('ends with 1 where something does not hold, and says what was said', async () => {
    const file = scenarios(
      'wrong.yaml',
      'persona: june\nscenarios:\n  - name: wrong\n    caller: [{ say: Hello., must: zebra }]\n',
    );
    const [json, junit] = ['out/result.json', 'out/result.xml'].map(name => path.join(folder, name));
    const { status, out } = await run([file, '--json', json!, '--junit', junit!]);
    expect(status).toBe(1);
    expect(out).toMatch(
      /FAILED {3}wrong[\s\S]*lacks zebra[\s\S]*caller: Hello\.[\s\S]*again: --seed 1 --times 1[\s\S]*0 passed, 1 failed, 0 skipped/,
    );
    const [{ scenarios: told }] = JSON.parse(fs.readFileSync(json!, 'utf8')).files;
    expect(told).toMatchObject([{ name: 'wrong', persona: 'june', outcome: 'failed', runs: [{ seed: 1 }] }]);
    expect(fs.readFileSync(junit!, 'utf8')).toMatch(/<failure message="0 of 1 passed, 1 are wanted: [^"]*lacks zebra"/);
  });

  it.each([
    [[], /which scenarios\?/],
    [['--loud'], /--loud/],
    [['nothing.yaml'], /there is no file nothing\.yaml/],
    [['scenarios/june.yaml', '--times', '0'], /--times 0: a whole number from 1 on/],
    [['scenarios/june.yaml', '--persona', 'nobody'], /there is no persona nobody/],
    [['scenarios/june.yaml', '--scenario', 'zebra'], /no scenario has "zebra" in its name/],
    [['scenarios/june.yaml', '--server', 'here'], /--server here: an address/],
    [
      ['scenarios/june.yaml', '--server', 'http://127.0.0.1:9'],
      /--server: no product .* answers at http:\/\/127\.0\.0\.1:9/,
    ],
  ])('ends with 2, and says in a line what is wrong with %j', async (args, problem) => {
    const { status, out, err } = await run(args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err.trim().split('\n')).toEqual([expect.stringMatching(problem)]);
  });

  describe('with a language model', () => {
    const endpoint = new ChatEndpoint();
    beforeAll(() => endpoint.open());
    afterAll(() => endpoint.close());

    it('has it play callers and judge what was said', async () => {
      endpoint.answer = ({ messages }) => {
        const text = JSON.stringify(messages);
        if (text.includes('You judge a conversation'))
          return text.includes('bread is sold') ? 'Yes. It was.' : 'No. Nobody did.';
        if (text.includes('You play somebody'))
          return text.includes('Here is your bread') ? 'That was all.' : 'I want bread.';
        return 'Here is your bread.';
      };
      const file = scenarios(
        'played.yaml',
        'scenarios:\n  - name: played\n    caller: { who: A baker., wants: bread }\n    judge: [bread is sold, somebody sings]\n',
      );
      const { status, out, err } = await run([file], { OPENAI_BASE_URL: endpoint.baseUrl, OPENAI_API_KEY: 'none' });
      expect(err).toBe('');
      expect(out).toMatch(/caller: I want bread\.\n +ollie: Here is your bread\./);
      expect(out).toMatch(/judged true \(3 yes, 0 no\): bread is sold \(It was\.\)/);
      expect(out).toMatch(/judged not true \(0 yes, 3 no\): somebody sings/);
      expect(status).toBe(1);
    });
  });
});
