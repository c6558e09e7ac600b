import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderBlobs } from '../blobs/folder.ts';
import type { VoiceLedger } from '../conversations/voice-ledger.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { PortraitStore } from '../portraits/store.ts';
import type { KeptVoice } from '../store/voices.ts';
import { FakeHost, silentLog } from '../testing/fakes.ts';
import { OwnVoices } from './own-voices.ts';

const MINUTE_MS = 60_000;
let dataDir: string;
let nowMs: number;
let kept: KeptVoice[];
let store: PortraitStore;
let host: FakeHost;
beforeEach(() => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'visavis-own-'));
  [nowMs, kept] = [1_000_000, []];
  store = new PortraitStore(new FolderBlobs(dataDir), dataDir, { maxCount: 5, maxAgeDays: 1 }, () => nowMs);
  host = Object.assign(new FakeHost('h1'), { cloning: { vendor: 'acme' } });
});
afterEach(() => fs.rmSync(dataDir, { recursive: true }));

const shop = (hosts = [host]) => {
  const metrics = createMetrics();
  const ledger = {
    all: async () => [...kept],
    gone: (name: string) => {
      kept = kept.filter(each => each.name !== name);
    },
  } as unknown as VoiceLedger;
  const voices = new OwnVoices({
    dispatcher: { hosts },
    store,
    ledger,
    metrics: metrics.ownVoices,
    log: silentLog,
    nowMs: () => nowMs,
  });
  return { voices, figures: async () => (await metrics.ownVoices.get()).values.map(({ value }) => value) };
};
const voiceOf = async (name: string, over: Partial<KeptVoice> = {}) => {
  const { meta, ownerSecret } = await store.create('Ann', async () => {});
  const voice = { name, portrait: meta.id, vendor: 'acme', voice: `id of ${name}`, createdAtMs: nowMs, ...over };
  kept.push(voice);
  const use = () => store.giveOwnVoice(meta.id, ownerSecret, { name, vendor: 'acme', voice: `id of ${name}` });
  return { ...voice, use, remove: () => store.remove(meta.id, ownerSecret) };
};
const forgotten = () => host.of('own-voice.forget').map(({ name }) => name);

describe('voices at a vendor', () => {
  it('stay while their portrait speaks with them, and go when it is removed or too old', async () => {
    const [removed, old] = [await voiceOf('removed'), await voiceOf('old')];
    await removed.use();
    await old.use();
    const { voices, figures } = shop();
    host.answer = () => true;
    await voices.sweep();
    expect([forgotten(), await figures()]).toEqual([[], [2, 0]]);
    await removed.remove();
    await voices.sweep();
    expect([forgotten(), await figures()]).toEqual([['removed'], [1, 0]]);
    nowMs += 2 * 86_400_000;
    await voices.sweep();
    expect([forgotten(), kept]).toEqual([['removed', 'old'], []]);
  });

  it('are tried again where they cannot be removed, later each time, until they are gone', async () => {
    await voiceOf('a');
    const { voices, figures } = shop();
    host.answer = () => {
      throw new Error('away');
    };
    const triesAfter = async (minutes: number) => {
      nowMs += minutes * MINUTE_MS;
      await voices.sweep();
      return forgotten().length;
    };
    expect(await triesAfter(0)).toBe(1);
    expect(await triesAfter(0.5)).toBe(1);
    expect(await triesAfter(0.6)).toBe(2);
    expect(await triesAfter(1)).toBe(2);
    expect(await triesAfter(1.1)).toBe(3);
    expect(await figures()).toEqual([0, 1]);
    host.answer = () => true;
    expect(await triesAfter(60)).toBe(4);
    expect([kept, await figures()]).toEqual([[], [0, 0]]);
  });

  it('that may still come into being there are left for a while', async () => {
    const { voice: _, ...unnamed } = await voiceOf('b');
    kept = [unnamed];
    const { voices } = shop();
    host.answer = () => true;
    await voices.sweep();
    expect(forgotten()).toEqual([]);
    nowMs += 5 * MINUTE_MS;
    await voices.sweep();
    expect(host.of('own-voice.forget')).toEqual([{ name: 'b', vendor: 'acme' }]);
    expect(kept).toEqual([]);
  });

  it('are left where no host is there', async () => {
    await voiceOf('c');
    await shop([]).voices.sweep();
    expect(kept).toHaveLength(1);
  });
});
