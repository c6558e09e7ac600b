import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wordErrors } from '../bench/stats.ts';
import { TestEars } from './harness/ears.ts';
import { Peer } from './harness/peer.ts';
import { type System, startSystem, until } from './harness/system.ts';

describe('another WebRTC stack in the room', () => {
  let system: System;
  let ears: TestEars;
  beforeAll(async () => {
    ears = new TestEars();
    system = await startSystem();
    await Promise.all([system.ready(), ears.ready()]);
  });
  afterAll(async () => {
    await Promise.all([system?.close(), ears?.close()]);
  });

  it('decodes the avatar’s face and understands its greeting', async () => {
    const peer = await Peer.join(system.url, 'independent', 'Marie');
    let log = '';
    peer.socket.on('log.entry', ({ entry }) => {
      if (entry.role === 'avatar' && entry.final) log = entry.text;
    });
    await until('the greeting to be said', () => log !== '', 20_000);

    const picture = peer.video.at(-1)?.frame;
    expect(picture).toMatchObject({ width: 512, height: 512 });
    const luma = picture?.data.subarray(0, 512 * 512) ?? new Uint8Array();
    const mean = luma.reduce((sum, value) => sum + value, 0) / luma.length;
    const deviation = Math.sqrt(luma.reduce((sum, value) => sum + (value - mean) ** 2, 0) / luma.length);
    expect(deviation, 'a picture, not a grey square').toBeGreaterThan(20);

    const rate = peer.audio.at(-1)?.sampleRate ?? 48_000;
    const all = peer.audio.flatMap(({ samples }) => [...samples]);
    const step = rate / 16_000;
    // Means, not single samples: what lies above the lower rate would fold back and garble the words.
    const pcm = Int16Array.from({ length: Math.floor(all.length / step) }, (_, i) => {
      const block = all.slice(Math.floor(i * step), Math.floor((i + 1) * step));
      return block.reduce((sum, sample) => sum + sample, 0) / block.length;
    });
    const heard = await ears.transcribe(pcm);
    const { errors, words } = wordErrors(log, heard);
    expect(errors / words, `said "${log}", heard "${heard}"`).toBeLessThan(0.4);
    peer.close();
  });
});

describe('a face of another shape', () => {
  it('is decoded as large as the settings say', async () => {
    const system = await startSystem({ agent: { face: { width: 1280, height: 720 } } });
    try {
      await system.ready();
      const peer = await Peer.join(system.url, 'large', 'Marie');
      await until('the picture', () => peer.video.length > 0, 20_000);
      expect(peer.video.at(-1)?.frame).toMatchObject({ width: 1280, height: 720 });
      peer.close();
    } finally {
      await system.close();
    }
  });
});
