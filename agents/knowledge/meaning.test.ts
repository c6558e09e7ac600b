import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { ProviderError } from '../base/errors.ts';
import { Knowledge } from './knowledge.ts';
import type { Embedder } from './ports.ts';

let folder: string;
let kept: string;
let knowledge: Knowledge;
const reported: string[] = [];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-documents-'));
  kept = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-index-'));
  reported.length = 0;
  fs.writeFileSync(path.join(folder, 'returns.md'), '# Returns\nGoods may be sent back within thirty days.');
  fs.writeFileSync(path.join(folder, 'hours.md'), '# Hours\nThe shop is open from nine to five.');
});
afterEach(async () => {
  await knowledge.close();
  for (const each of [folder, kept]) fs.rmSync(each, { recursive: true, force: true });
});

/** Money and goods lie in one direction, times in another. */
const meanings: Embedder['embed'] = async texts =>
  texts.map(text => Float32Array.of(/sent back|money/.test(text) ? 1 : 0.05, /open|late/.test(text) ? 1 : 0.05));

function open(embed: Embedder['embed']): ReturnType<typeof vi.fn<Embedder['embed']>> {
  const asked = vi.fn(embed);
  knowledge = new Knowledge({
    clock: systemClock,
    kept,
    embedder: { identity: 'test', near: 0.5, embed: asked },
    report: problem => reported.push(problem),
    lost: () => {},
  });
  knowledge.refresh(folder);
  return asked;
}
const find = (question: string) => knowledge.find(folder, question, { signal: new AbortController().signal });
const files = async (question: string) => (await find(question)).map(({ source }) => source.file);

describe('documents whose meaning is known', () => {
  it('are found by it, where they share no word with the question', async () => {
    open(meanings);
    await vi.waitUntil(async () => (await files('Can I have my money again?')).includes('returns.md'), 10_000);
    expect((await find('Can I have my money again?'))[0]).toMatchObject({
      source: { file: 'returns.md' },
      near: expect.any(Number),
    });
    // What is far from it is no answer.
    expect(await files('Can I have my money again?')).not.toContain('hours.md');
  });

  it('are asked for once: what is known is kept, and only what is new is asked for', async () => {
    const first = open(meanings);
    await vi.waitUntil(async () => (await files('money')).includes('returns.md'), 10_000);
    expect(first.mock.calls.map(([texts]) => texts.length)).toContain(2);
    await knowledge.close();
    fs.writeFileSync(path.join(folder, 'post.md'), '# Post\nMoney is sent by post.');
    const second = open(meanings);
    await vi.waitUntil(() => second.mock.calls.some(([texts]) => texts.some(text => text.includes('by post'))), 10_000);
    expect(second.mock.calls.flatMap(([texts]) => texts).filter(text => text.includes('thirty days'))).toEqual([]);
  });

  it('are found by their words where nobody makes vectors any more, and that is told', async () => {
    open(() => Promise.reject(new ProviderError('network', 'gone', { retryable: true })));
    await vi.waitUntil(() => reported.length > 0, 10_000);
    expect(reported[0]).toMatch(/by their words alone: gone/);
    expect(await files('When is the shop open?')).toEqual(['hours.md']);
  });

  it('are found by their words where the meaning of a question takes too long', async () => {
    open(() => new Promise(() => {}));
    await vi.waitUntil(async () => (await files('When is the shop open?')).includes('hours.md'), 10_000);
  });
});
