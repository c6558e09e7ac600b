import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createEncoder } from 'libopus-wasm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  PictureLossIndication,
  RtcpPacketConverter,
  RtcpPayloadSpecificFeedback,
  type RtcpSrPacket,
  Vp8RtpPayload,
} from 'werift';
import type { FaceStep } from '../line/port.ts';
import type { Progress } from '../perform/port.ts';
import { ConversationMedia, MediaPool } from './conversation-media.ts';
import { isRtcp, type RtpPacket, readRtp, writeRtp } from './rtp/wire.ts';

const face = { rig: 'avatars/ollie', width: 512, height: 512, frameRate: 25, bitrate: 600_000 };
const options = { listenIp: '127.0.0.1', face };
const PATIENCE = { timeout: 10_000, interval: 20 };
const SECONDS = 48_000;

/** The router's end of the wire. */
class Router {
  readonly packets: (RtpPacket & { atMs: number })[] = [];
  readonly reports: Buffer[] = [];
  readonly #socket: Socket = createSocket('udp4');

  async open(media: ConversationMedia): Promise<number> {
    this.#socket.on('message', data => {
      const packet = isRtcp(data) ? undefined : readRtp(data);
      if (packet === undefined) this.reports.push(data);
      else this.packets.push({ ...packet, atMs: performance.now() });
    });
    this.#socket.bind(0, '127.0.0.1');
    await once(this.#socket, 'listening');
    const port = await media.bound;
    media.send({ type: 'connect', ip: '127.0.0.1', port: this.#socket.address().port });
    return port;
  }
  get port(): number {
    return this.#socket.address().port;
  }
  send(data: Uint8Array, port: number): void {
    this.#socket.send(data, port, '127.0.0.1');
  }
  of(ssrc: number): (RtpPacket & { atMs: number })[] {
    return this.packets.filter(packet => packet.ssrc === ssrc);
  }
  /** Pictures as a receiver puts them together: one per timestamp. */
  pictures(ssrc: number): { timestamp: number; keyframe: boolean; atMs: number }[] {
    return this.of(ssrc).flatMap(({ payload, timestamp, atMs }) => {
      const parsed = Vp8RtpPayload.deSerialize(Buffer.from(payload));
      return parsed.sBit === 1 ? [{ timestamp, keyframe: parsed.isKeyframe, atMs }] : [];
    });
  }
  close(): void {
    this.#socket.close();
  }
}

/** A socket of somebody else on this machine. */
async function bound(address: string, port = 0): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(port, address);
  await once(socket, 'listening');
  return socket;
}

let media: ConversationMedia;
let router: Router;
let port: number;
let progress: Progress[];
let heard: { identity: string; pcm: Int16Array; audible: boolean }[];
let failures: string[];
/** Steps down because this machine was busy: then fewer pictures are right. */
let steps: FaceStep[];

async function open(): Promise<void> {
  media = new ConversationMedia(options);
  router = new Router();
  [progress, heard, failures, steps] = [[], [], [], []];
  media.attach({
    sound: (identity, pcm, audible) => heard.push({ identity, pcm, audible }),
    progress: each => progress.push(each),
    faceStepped: step => steps.push(step),
    failed: message => failures.push(message),
  });
  port = await router.open(media);
  await media.faceReady;
}
const buzz = (seconds: number): Int16Array =>
  Int16Array.from({ length: SECONDS * seconds }, (_, i) => 8000 * Math.sin((2 * Math.PI * 200 * i) / SECONDS));
function speak(turnId: string, seconds: number): void {
  media.send({ type: 'begin', turnId });
  media.send({ type: 'mood', mood: { state: 'speaking', emotion: 'neutral', intensity: 0 } });
  media.send({ type: 'speech', turnId, pcm: buzz(seconds), timeline: { turnId, events: [] } });
  media.send({ type: 'complete', turnId });
}
const done = (turnId: string) => () => progress.some(each => each.turnId === turnId && each.done === true);
const keyframeRequest = () =>
  new RtcpPayloadSpecificFeedback({
    feedback: new PictureLossIndication({ senderSsrc: 1, mediaSsrc: media.videoSsrc }),
  }).serialize();

describe('the media threads of a conversation', { timeout: 30_000 }, () => {
  beforeEach(open);
  afterEach(async () => {
    await media.close();
    router.close();
    expect(failures).toEqual([]);
  });

  it('send speech as 50 packets a second and the face as 25 pictures, on one clock', async () => {
    speak('t', 2);
    await vi.waitUntil(done('t'), PATIENCE);
    const spoken = () => {
      const voice = router.of(media.audioSsrc);
      const start = voice.findIndex(({ marker }) => marker);
      return voice.slice(start, start + 100);
    };
    // The last packet may still be on its way when the end is told.
    await vi.waitUntil(() => spoken().length === 100, PATIENCE);
    const speech = spoken();
    expect(speech.map(({ timestamp }) => (timestamp - speech[0]!.timestamp) >>> 0)).toEqual(
      speech.map((_, i) => i * 960),
    );
    expect(speech.at(-1)!.atMs - speech[0]!.atMs).toBeGreaterThan(1800);
    // A report may go out between the turn's beginning and its first sample.
    expect(progress.find(({ turnId, samples }) => turnId === 't' && samples > 0)).toMatchObject({ started: true });
    expect(progress.at(-1)).toMatchObject({ turnId: 't', samples: 2 * SECONDS, done: true });

    const pictures = router
      .pictures(media.videoSsrc)
      .filter(({ atMs }) => atMs >= speech[0]!.atMs && atMs <= speech.at(-1)!.atMs);
    expect(pictures.length).toBeGreaterThan(steps.length === 0 ? 38 : 10);
    expect(pictures.length).toBeLessThanOrEqual(51);
    const gaps = pictures.slice(1).map(({ timestamp }, i) => (timestamp - pictures[i]!.timestamp) / 90);
    expect(gaps.every(ms => ms % 20 === 0)).toBe(true);
  });

  it('draw fewer pictures while nobody speaks, and send no voice but a sign of life', async () => {
    await vi.waitUntil(() => router.pictures(media.videoSsrc).length > 4, PATIENCE);
    const from = performance.now();
    await vi.waitUntil(() => performance.now() - from > 1200, PATIENCE);
    const idle = router.pictures(media.videoSsrc).filter(({ atMs }) => atMs > from);
    expect(idle.length).toBeGreaterThan(steps.length === 0 ? 6 : 2);
    expect(idle.length).toBeLessThan(23);
    expect(router.of(media.audioSsrc).filter(({ atMs }) => atMs > from).length).toBeLessThanOrEqual(4);
  });

  it('draw nothing while nobody watches, but at once when somebody comes', async () => {
    await vi.waitUntil(() => router.pictures(media.videoSsrc).length > 4, PATIENCE);
    media.send({ type: 'viewers', count: 0, bitrate: 800_000 });
    const settled = performance.now() + 300;
    await vi.waitUntil(() => performance.now() > settled + 500, PATIENCE);
    expect(router.pictures(media.videoSsrc).filter(({ atMs }) => atMs > settled)).toEqual([]);
    media.send({ type: 'viewers', count: 1, bitrate: 800_000 });
    await vi.waitUntil(() => router.pictures(media.videoSsrc).some(({ atMs }) => atMs > settled), PATIENCE);
  });

  it('[M2] answer a keyframe request with a keyframe before any other picture', async () => {
    await vi.waitUntil(() => router.pictures(media.videoSsrc).length > 6, PATIENCE);
    const idle = router.pictures(media.videoSsrc);
    expect(idle.slice(3).some(({ keyframe }) => keyframe)).toBe(false);
    const askedMs = performance.now();
    router.send(keyframeRequest(), port);
    await vi.waitUntil(
      () => router.pictures(media.videoSsrc).some(({ keyframe, atMs }) => keyframe && atMs > askedMs),
      PATIENCE,
    );
    const after = router.pictures(media.videoSsrc).filter(({ atMs }) => atMs > askedMs);
    // One that was being drawn already may come first; a picture is asked for 40 ms ahead.
    const first = after.findIndex(({ keyframe }) => keyframe);
    expect(first).toBeLessThanOrEqual(1);
    expect(after[first]!.atMs - askedMs).toBeLessThan(250);
  });

  it('[M1] report both streams with one clock and one name', async () => {
    await vi.waitUntil(() => router.reports.length >= 4, PATIENCE);
    const reports = router.reports.map(data => RtcpPacketConverter.deSerialize(data)) as [
      RtcpSrPacket,
      { chunks: { items: { text: string }[] }[] },
    ][];
    expect(new Set(reports.map(([, sdes]) => sdes.chunks[0]?.items[0]?.text))).toEqual(new Set([media.cname]));
    const lines = (ssrc: number) =>
      reports.filter(([sr]) => sr.ssrc === ssrc).map(([sr]) => sr.senderInfo.ntpTimestamp);
    expect(lines(media.audioSsrc).length).toBeGreaterThan(1);
    expect(lines(media.audioSsrc)).toEqual(lines(media.videoSsrc));
  });

  it('[T2] let nothing of a cancelled turn be heard but one fading frame', async () => {
    speak('first', 3);
    await vi.waitUntil(() => progress.some(({ turnId }) => turnId === 'first'), PATIENCE);
    media.send({ type: 'cancel', turnId: 'first' });
    media.send({ type: 'speech', turnId: 'first', pcm: buzz(1), timeline: { turnId: 'first', events: [] } });
    speak('second', 0.2);
    await vi.waitUntil(done('second'), PATIENCE);
    expect(progress.filter(({ turnId }) => turnId === 'first').at(-1)!.samples).toBeLessThan(SECONDS);
    expect(progress.findIndex(done => done.turnId === 'second')).toBeGreaterThan(
      progress.findLastIndex(({ turnId }) => turnId === 'first'),
    );
    expect(progress.at(-1)).toMatchObject({ turnId: 'second', samples: SECONDS * 0.2 });
  });

  it('are not disturbed by garbage on their port', async () => {
    let seed = 3;
    const random = () => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return seed;
    };
    speak('t', 1);
    for (let i = 0; i < 500; i++) {
      const junk = Buffer.from(Array.from({ length: 1 + (random() % 100) }, () => random() >>> 24));
      if (i % 3 === 0) junk[0] = 0x80;
      if (i % 6 === 0 && junk.length > 1) junk[1] = 200 + (i % 7);
      router.send(junk, port);
    }
    await vi.waitUntil(done('t'), PATIENCE);
    expect(progress.at(-1)).toMatchObject({ samples: SECONDS });
    expect(heard).toEqual([]);
  });

  it('hear those they are told to hear, and nobody else', async () => {
    const encoder = await createEncoder({ sampleRate: SECONDS, channels: 1 });
    const send = (ssrc: number, n: number) =>
      router.send(
        writeRtp({
          payloadType: 111,
          marker: false,
          sequence: n,
          timestamp: n * 960,
          ssrc,
          payload: encoder.encode(buzz(0.02)),
        }),
        port,
      );
    media.send({ type: 'listen', identity: 'ann', ssrc: 100 });
    // Bob goes before his decoder is made, Cid changes his microphone at once.
    media.send({ type: 'listen', identity: 'bob', ssrc: 200 });
    media.send({ type: 'unlisten', identity: 'bob' });
    media.send({ type: 'listen', identity: 'cid', ssrc: 300 });
    media.send({ type: 'listen', identity: 'cid', ssrc: 301 });
    await media.stats();
    let n = 0;
    await vi.waitUntil(() => {
      for (const ssrc of [100, 200, 300, 301, 999]) send(ssrc, n);
      n += 1;
      return heard.filter(({ identity, audible }) => identity === 'cid' && audible).length > 5;
    }, PATIENCE);
    encoder.free();
    expect(new Set(heard.map(({ identity }) => identity))).toEqual(new Set(['ann', 'cid']));
    expect(heard.find(({ audible }) => audible)?.pcm).toHaveLength(320);
    // One stream of Cid's, not two.
    expect(heard.filter(({ identity }) => identity === 'cid').length).toBeLessThan(
      heard.filter(({ identity }) => identity === 'ann').length * 1.5 + 5,
    );
  });

  it('hear nobody who knows the number of a stream, but is not the router', async () => {
    const encoder = await createEncoder({ sampleRate: SECONDS, channels: 1 });
    const strangers = await Promise.all([bound('127.0.0.1'), bound('127.0.0.2', router.port)]);
    const packet = (sequence: number, ssrc: number) =>
      writeRtp({
        payloadType: 111,
        marker: false,
        sequence,
        timestamp: sequence * 960,
        ssrc,
        payload: encoder.encode(buzz(0.02)),
      });
    media.send({ type: 'listen', identity: 'ann', ssrc: 100 });
    media.send({ type: 'listen', identity: 'bob', ssrc: 200 });
    const before = (await media.stats()).keyframes;
    for (let n = 0; n < 30; n++)
      for (const stranger of strangers) {
        stranger.send(packet(n, 100), port, '127.0.0.1');
        stranger.send(keyframeRequest(), port, '127.0.0.1');
      }
    let n = 0;
    await vi.waitUntil(() => {
      router.send(packet(n++, 200), port);
      return heard.filter(({ audible }) => audible).length > 5;
    }, PATIENCE);
    for (const stranger of strangers) stranger.close();
    encoder.free();
    expect(new Set(heard.map(({ identity }) => identity))).toEqual(new Set(['bob']));
    const { rtpReceived, keyframes } = await media.stats();
    expect(rtpReceived).toBeLessThanOrEqual(n);
    // The first one may still have been on its way.
    expect(keyframes - before).toBeLessThanOrEqual(1);
  });

  it('go on with the voice when the face fails, and with another face that takes up the turn', async () => {
    const replaced: string[] = [];
    media.attach({
      sound() {},
      progress: each => progress.push(each),
      faceReplaced: reason => replaced.push(reason),
      failed: message => failures.push(message),
    });
    speak('t', 4);
    const broken = 'bored' as 'neutral';
    media.send({ type: 'mood', mood: { state: 'speaking', emotion: broken, intensity: 1 } });
    await vi.waitUntil(() => replaced.length > 0, PATIENCE);
    media.send({ type: 'mood', mood: { state: 'speaking', emotion: 'neutral', intensity: 0 } });
    const before = router.pictures(media.videoSsrc).length;
    await vi.waitUntil(() => router.pictures(media.videoSsrc).length > before + 10, PATIENCE);
    expect(router.pictures(media.videoSsrc)[before]).toMatchObject({ keyframe: true });
    await vi.waitUntil(done('t'), PATIENCE);
    expect(replaced).toEqual(['failing']);
    expect((await media.stats()).underruns).toBe(0);
    const voice = router.of(media.audioSsrc);
    const start = voice.findIndex(({ marker }) => marker);
    await vi.waitUntil(() => router.of(media.audioSsrc).length >= start + 200, PATIENCE);
  });

  it('count what they did', async () => {
    speak('t', 0.5);
    await vi.waitUntil(done('t'), PATIENCE);
    const stats = await media.stats();
    expect(stats.framesSent).toBeGreaterThan(5);
    expect(stats.audioPackets).toBeGreaterThanOrEqual(25);
    expect(stats.videoBytes).toBeGreaterThan(1000);
    expect(stats.underruns).toBe(0);
  });
});

describe('[C1] ending', { timeout: 30_000 }, () => {
  const threads = () =>
    process.getActiveResourcesInfo().filter(name => name === 'MessagePort' || name === 'Worker').length;

  it('hears nobody before it is told who its router is', async () => {
    const early = new ConversationMedia(options);
    const received: string[] = [];
    early.attach({ sound: identity => received.push(identity), progress() {}, failed() {} });
    const stranger = await bound('127.0.0.1');
    const encoder = await createEncoder({ sampleRate: SECONDS, channels: 1 });
    early.send({ type: 'listen', identity: 'ann', ssrc: 100 });
    const to = await early.bound;
    await early.stats();
    for (let n = 0; n < 30; n++) {
      const payload = encoder.encode(buzz(0.02));
      const header = { payloadType: 111, marker: false, sequence: n, timestamp: n * 960, ssrc: 100 };
      await new Promise(sent => stranger.send(writeRtp({ ...header, payload }), to, '127.0.0.1', sent));
    }
    for (let i = 0; i < 3; i++) expect((await early.stats()).rtpReceived).toBe(0);
    stranger.close();
    encoder.free();
    await early.close();
    expect(received).toEqual([]);
  });

  it('leaves no thread, port or question behind, and may be asked for twice', async () => {
    const before = threads();
    await open();
    expect(threads()).toBeGreaterThan(before);
    const question = media.stats();
    const [first, second] = [media.close(), media.close()];
    expect(first).toBe(second);
    await first;
    await Promise.allSettled([question]);
    await expect(media.stats()).rejects.toThrow(/closed/);
    media.send({ type: 'begin', turnId: 'late' });
    router.close();
    // What was closing before may have gone meanwhile.
    expect(threads()).toBeLessThanOrEqual(before);
  });

  it('ends at once also where the face could never be drawn', async () => {
    const broken = new ConversationMedia({ ...options, face: { ...face, rig: 'avatars/nobody' } });
    await expect(broken.faceReady).rejects.toThrow(/rig/);
    const told: string[] = [];
    broken.attach({ sound() {}, progress() {}, failed: message => told.push(message) });
    await vi.waitUntil(() => told.length > 0, PATIENCE);
    expect(broken.healthy).toBe(false);
    await broken.close();
  });
});

describe('keeping threads warm', { timeout: 30_000 }, () => {
  it('gives the warm set to the first who needs that face, and makes another for a different one', async () => {
    const pool = new MediaPool(options);
    await pool.ready;
    const other = pool.take('avatars/nobody');
    const warm = pool.take('avatars/ollie');
    expect(await warm.bound).toBeGreaterThan(0);
    expect(other).not.toBe(warm);
    expect(other.face.rig).toBe('avatars/nobody');
    await Promise.all([other.close(), warm.close(), pool.close()]);
  });

  it('does not give a set away that has failed meanwhile', async () => {
    const pool = new MediaPool({ ...options, face: { ...face, rig: 'avatars/nobody' } });
    await expect(pool.ready).rejects.toThrow();
    const taken = pool.take('avatars/nobody');
    expect(taken.healthy).toBe(true);
    await Promise.all([taken.close(), pool.close()]);
  });
});
