import { spawn } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { PERSONA } from '../testing/scene.ts';
import type { Conversation, Dialogue } from '../think/ports.ts';
import { TextCall } from './text-call.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Types this into `npm run talk` with these options; what came of it. */
async function talk(options: string[], input: string): Promise<{ out: string[]; err: string; status: number | null }> {
  const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, ...env } = process.env;
  const child = spawn(process.execPath, ['agents/talk/main.ts', ...options], { cwd: ROOT, env });
  let [out, err] = ['', ''];
  child.stdout.on('data', data => {
    out += data;
  });
  child.stderr.on('data', data => {
    err += data;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const status = await new Promise<number | null>(resolve => child.on('close', resolve));
  return { out: out.split('\n').filter(Boolean), err, status };
}

describe('a talk in the terminal', () => {
  it('answers line by line, greeting first, and ends with its input', async () => {
    const { out, err, status } = await talk(['--persona', 'sarah', '--name', 'Maria'], 'hello\n\n  \nwhat is my name?');
    expect(out).toHaveLength(3);
    expect(out[0]).toMatch(/^Hello Maria, I am Sarah/);
    expect(out[2]).toMatch(/Maria/);
    expect(err).toBe('');
    expect(status).toBe(0);
  });

  it('tells everything that is said as data', async () => {
    const { out } = await talk(['--persona', 'june', '--name', 'Maria', '--json'], 'My grandfather died yesterday.\n');
    const lines = out.map(line => JSON.parse(line));
    expect(lines.map(({ role }) => role)).toEqual(['avatar', 'user', 'avatar']);
    expect(lines[1]).toEqual({ role: 'user', text: 'My grandfather died yesterday.', final: true, persona: 'june' });
    expect(lines[2]).toMatchObject({ final: true, persona: 'june', feeling: 'sad', text: expect.any(String) });
  });

  it.each([
    [['--persona', 'nobody'], /^there is no persona nobody in personas: --persona june \| leo \| ollie \| sarah\n$/],
    [['--loud'], /^[^\n]*--loud[^\n]*\n$/],
    [['--name', ' '], /^--name: [^\n]+\n$/],
  ])('says in one line what is wrong with %j', async (options, problem) => {
    const { out, err, status } = await talk(options, 'hello\n');
    expect({ out, status }).toEqual({ out: [], status: 2 });
    expect(err).toMatch(problem);
  });
});

describe('a call that is only typed', () => {
  const call = (reply: Dialogue['reply']) => {
    const problems: string[] = [];
    const dialogue = { name: 'test', reply };
    const report = (problem: string) => problems.push(problem);
    return { problems, call: new TextCall('Ann', { persona: PERSONA, dialogue, clock: systemClock, report }) };
  };

  it('is the session of a call: what was said is history, and what is answered has a feeling', async () => {
    const asked: Conversation[] = [];
    const { call: typed } = call(async function* (conversation) {
      asked.push(conversation);
      yield { type: 'feeling', emotion: 'happy', intensity: 0.5 };
      yield { type: 'text', text: 'One thing, and another. And a third!' };
    });
    await typed.greeted();
    const [, answer] = await typed.say('Well?');
    expect(answer).toMatchObject({ entry: { text: 'One thing, and another. And a third!' }, feeling: 'happy' });
    await typed.say('And?');
    expect(asked[1]!.history.map(({ text }) => text)).toEqual(['Hello Ann.', 'Well?', answer!.entry.text]);
    await typed.close();
  });

  it('goes on where an answer fails', async () => {
    const { call: typed, problems } = call(async function* () {
      await Promise.reject(new Error('broken'));
      yield { type: 'text', text: '' };
    });
    const [, answer] = await typed.say('Hello?');
    expect(answer!.entry.text).toMatch(/^Sorry/);
    expect(problems).toEqual(['dialogue failed']);
    await typed.close();
  });
});
