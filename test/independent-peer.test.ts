import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LISTEN_RATE } from '../agents/base/rates.ts';
import { resampled } from '../agents/speak/resample.ts';
import { TestEars } from './harness/ears.ts';
import { type DecodedAudio, Peer, request } from './harness/peer.ts';
import { wordErrors } from './harness/stats.ts';
import { type System, startSystem, until } from './harness/system.ts';

const QUIET_BLOCKS = 60;
const QUIET = 100;

/** What was sent has been played: the jitter buffer may hold a second of it. */
const played = ({ audio }: Peer) =>
  until('silence', () => audio.slice(-QUIET_BLOCKS).every(({ samples }) => samples.every(s => Math.abs(s) < QUIET)));

/** At the recognizers' rate. */
function pcmOf(blocks: DecodedAudio[]): Int16Array {
  const pcm = Int16Array.from(blocks.flatMap(({ samples }) => [...samples]));
  return resampled(pcm, blocks[0]?.sampleRate ?? LISTEN_RATE, LISTEN_RATE);
}

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

  it('decodes the avatar’s face and understands what it says', async () => {
    const peer = await Peer.join(system.url, 'independent', 'Marie');
    const said: string[] = [];
    peer.socket.on('log.entry', ({ entry }) => {
      if (entry.role === 'avatar' && entry.final) said.push(entry.text);
    });
    await until('the greeting to be said', () => said.length === 1, 20_000);
    await played(peer);

    // On a busy machine the face draws half the size.
    const { width, height, data } = peer.video.at(-1)!.frame;
    expect([512, 256]).toContain(width);
    expect(height).toBe(width);
    const luma = data.subarray(0, width * height);
    const mean = luma.reduce((sum, value) => sum + value, 0) / luma.length;
    const deviation = Math.sqrt(luma.reduce((sum, value) => sum + (value - mean) ** 2, 0) / luma.length);
    expect(deviation, 'a picture, not a grey square').toBeGreaterThan(20);

    // A story: of a greeting, half is names, which a recognizer may spell as it likes.
    const from = peer.audio.length;
    await request(peer.socket, 'say', { text: 'Tell me a story' });
    await until('the story to be told', () => said.length === 2, 40_000);
    await played(peer);
    const heard = await ears.transcribe(pcmOf(peer.audio.slice(from)));
    const { errors, words } = wordErrors(said[1]!, heard);
    expect(errors / words, `said "${said[1]}", heard "${heard}"`).toBeLessThan(0.4);
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
