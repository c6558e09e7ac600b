import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { FileReport } from '../rehearse/report/report.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-rehearse-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** A conversation in noise, with a pause in mid-line, and an answer that is interrupted. */
const SCENARIO = `
persona: ollie
sound: { noise: { kind: pink, snrDb: 18 } }
scenarios:
  - name: in noise, with an interruption
    greeting: { must: ollie }
    caller:
      - say: I live |700| in a small house by the sea.
      - say: Please tell me a long story about the sea.
      - say: Sorry, what is your name?
        interruptAfterMs: 2200
        interrupted: 1000
    whole:
      heardOut: true
      wordsHeard: 60
      latencyMs: { p95: 6000 }
`;

/** Runs `npm run rehearse -- … --spoken`. */
async function rehearse(
  text: string,
): Promise<{ status: number | null; out: string; report: { files: FileReport[] } }> {
  const [file, json] = ['spoken.yaml', 'result.json'].map(name => path.join(folder, name)) as [string, string];
  fs.writeFileSync(file, text);
  const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, ...env } = process.env;
  const child = spawn(process.execPath, ['rehearse/main.ts', file, '--spoken', '--json', json], { env });
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', data => {
      out += data;
    });
  const status = await new Promise<number | null>(resolve => child.on('close', resolve));
  return { status, out, report: fs.existsSync(json) ? JSON.parse(fs.readFileSync(json, 'utf8')) : { files: [] } };
}

describe('a rehearsal over the real product', () => {
  it('is spoken in noise, understood, interrupted and measured, and leaves nothing behind', async () => {
    const before = fs.readdirSync(os.tmpdir()).filter(name => name.startsWith('visavis-rehearsal-'));
    const { status, out, report } = await rehearse(SCENARIO);
    expect(out).toMatch(/^ok /m);
    expect(status).toBe(0);
    const [run] = report.files[0]!.scenarios[0]!.runs;
    expect(report.files[0]!.scenarios[0]!.how).toBe('spoken');
    expect(run!.figures.latencyMs).toHaveLength(3);
    expect(run!.figures.words.said).toBeGreaterThan(10);
    expect(run!.transcript.join('\n')).toMatch(/…\[interrupted\]\ncaller: Sorry, what is your name\? \[heard: .*name/i);
    const after = fs.readdirSync(os.tmpdir()).filter(name => name.startsWith('visavis-rehearsal-'));
    expect(after.filter(name => !before.includes(name))).toEqual([]);
  });
});
