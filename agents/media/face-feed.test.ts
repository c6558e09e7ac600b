import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Instant } from '../face/avatar.ts';
import type { FromFace, ToFace } from '../face/messages.ts';
import { FaceFeed } from './face-feed.ts';
import { LEAD_TICKS } from './picture-lead.ts';

type Render = Extract<ToFace, { type: 'render' }>;
const INSTANT: Instant = { atMs: 0, state: 'idle', emotion: 'neutral', intensity: 0 };
const all = () => true;
const none = () => false;
/** Messages between ports of one thread arrive within a turn of the event loop or two. */
const settle = async () => {
  for (let i = 0; i < 4; i++) await new Promise<void>(resolve => setImmediate(resolve));
};

let feed: FaceFeed;
let face: MessagePort;
let asked: ToFace[];
let sent: { id: number; atMs: number }[];
let told: unknown[];
let made: [late: boolean, costMs?: number][];

beforeEach(async () => {
  const { port1, port2 } = new MessageChannel();
  [asked, sent, told, made, face] = [[], [], [], [], port2];
  feed = new FaceFeed(port1, {
    send: ({ payload }, atMs) => sent.push({ id: payload[0]!, atMs }),
    ready: loadMs => told.push({ ready: loadMs }),
    lost: (reason, message) => told.push({ lost: reason, message }),
    made: (...how) => made.push(how),
  });
  face.on('message', (message: ToFace) => asked.push(message));
  face.postMessage({ type: 'ready', loadMs: 5 } satisfies FromFace);
  await settle();
});
afterEach(() => {
  feed.close();
  face.close();
});

const renders = (): Render[] => asked.filter(message => message.type === 'render');
async function ask(tick: number, turnId?: string): Promise<Render> {
  const before = renders().length;
  feed.request(
    { ...INSTANT, ...(turnId && { speech: { turnId, sample: 0 } }) },
    (tick + LEAD_TICKS) * 20,
    tick + LEAD_TICKS,
  );
  await settle();
  expect(renders()).toHaveLength(before + 1);
  return renders().at(-1)!;
}
/** The face answers the last request; its number is the picture's content. */
async function answer(request: Render, over: Partial<Extract<FromFace, { type: 'picture' }>> = {}): Promise<void> {
  const turnId = request.instant.speech?.turnId;
  face.postMessage({
    type: 'picture',
    frame: request.frame,
    keyframe: request.keyframe,
    layer: 0,
    payload: Uint8Array.of(request.frame),
    renderMs: 3,
    encodeMs: 2,
    ...(turnId && { turnId }),
    ...over,
  } satisfies FromFace);
  await settle();
}
/** Asks for a picture and has it sent. */
async function show(tick: number, turnId?: string): Promise<Render> {
  const request = await ask(tick, turnId);
  await answer(request);
  feed.tick(tick + LEAD_TICKS, all);
  return request;
}

describe('feeding the face', () => {
  it('asks for nothing before the face can draw', async () => {
    const { port1, port2 } = new MessageChannel();
    const early = new FaceFeed(port1, { send() {}, ready() {}, lost() {}, made() {} });
    expect(early.request(INSTANT, 40, 2)).toBe(false);
    expect(early.busy).toBe(false);
    early.close();
    port2.close();
  });

  it('holds a picture until it is due and sends it with its time', async () => {
    await answer(await ask(10));
    feed.tick(10, all);
    feed.tick(12, all);
    expect(sent).toEqual([]);
    feed.tick(13, all);
    expect(sent).toEqual([{ id: 1, atMs: 260 }]);
    feed.tick(14, all);
    expect(sent).toHaveLength(1);
    expect(feed.stats).toMatchObject({ framesSent: 1, framesLate: 0, keyframes: 1, renderMs: 3, encodeMs: 2 });
  });

  it('[C2] asks for two pictures at most: a face that was held up for a moment makes both in time', async () => {
    const first = await ask(0);
    expect(feed.busy).toBe(false);
    const second = await ask(2);
    expect(feed.busy).toBe(true);
    expect(feed.request(INSTANT, 80, 4)).toBe(false);
    await settle();
    expect(renders()).toHaveLength(2);
    expect(feed.stats.framesDropped).toBe(1);
    await answer(first);
    expect(feed.busy).toBe(false);
    await answer(second);
    feed.tick(2 + LEAD_TICKS, all);
    expect(sent.map(({ id }) => id)).toEqual([1, 2]);
    await ask(6);
  });

  it('asks sooner where a picture came too late, and never for two pictures of one instant', async () => {
    expect(feed.leadTicks(0)).toBe(LEAD_TICKS);
    const late = await ask(0);
    feed.tick(4, all);
    await answer(late);
    expect(feed.leadTicks(10)).toBe(LEAD_TICKS + 1);
    // Long calm: the lead shrinks by a tick just after a picture was asked for.
    for (let tick = 10; feed.leadTicks(tick) > LEAD_TICKS; tick += 2) {
      expect(tick).toBeLessThan(700);
      feed.tick(tick, all);
      const lead = feed.leadTicks(tick);
      feed.request(INSTANT, (tick + lead) * 20, tick + lead);
      await settle();
      await answer(renders().at(-1)!);
      if (feed.leadTicks(tick + 100) === LEAD_TICKS) expect(tick + feed.leadTicks(tick)).toBe(tick + lead + 1);
    }
  });

  it('counts a picture that came too late, and shows it', async () => {
    await answer(await ask(0));
    feed.tick(7, all);
    expect(sent).toHaveLength(1);
    expect(feed.stats.framesLate).toBe(1);
  });

  it('sends every picture the encoder made, in order, also when one was wanted sooner than usual', async () => {
    await show(0);
    await answer(await ask(2));
    await answer(await ask(3));
    for (let tick = 3; tick < 8; tick++) feed.tick(tick, all);
    expect(sent.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  it('[M2] makes the next picture a keyframe when one is asked for, and only that', async () => {
    expect((await show(0)).keyframe).toBe(true);
    expect((await show(2)).keyframe).toBe(false);
    feed.wantKeyframe();
    feed.wantKeyframe();
    expect(feed.keyframeWanted).toBe(true);
    expect((await show(4)).keyframe).toBe(true);
    expect((await show(6)).keyframe).toBe(false);
  });

  it('[M2] asks again for a keyframe that the face failed to make', async () => {
    await ask(0);
    face.postMessage({ type: 'failed', message: 'cannot draw' } satisfies FromFace);
    await settle();
    expect(told).toEqual([{ ready: 5 }]);
    expect(feed.stats.framesFailed).toBe(1);
    expect(feed.busy).toBe(false);
    expect((await ask(2)).keyframe).toBe(true);
  });

  it('[T2] shows no picture of a turn that is not live, and goes on with a keyframe', async () => {
    await show(0, 'old');
    await answer(await ask(2, 'old'));
    feed.tick(2 + LEAD_TICKS, none);
    expect(sent).toHaveLength(1);
    expect(feed.keyframeWanted).toBe(true);
    expect((await ask(6)).keyframe).toBe(true);
  });

  it('[T2] shows nothing between a dropped picture and the next keyframe: decoders would miss a reference', async () => {
    await show(0);
    const stale = await ask(2, 'old');
    await answer(stale);
    const next = await ask(3);
    expect(next.keyframe).toBe(false);
    feed.tick(2 + LEAD_TICKS, none);
    await answer(next);
    feed.tick(3 + LEAD_TICKS, none);
    expect(sent.map(({ id }) => id)).toEqual([1]);
    await answer(await ask(7));
    feed.tick(7 + LEAD_TICKS, none);
    expect(sent.map(({ id }) => id)).toEqual([1, 4]);
  });

  it('[T2] drops a picture of layer 1 alone: nothing refers to it', async () => {
    await show(0);
    await answer(await ask(2, 'old'), { layer: 1 });
    feed.tick(2 + LEAD_TICKS, none);
    expect(feed.keyframeWanted).toBe(false);
    await show(6);
    expect(sent.map(({ id }) => id)).toEqual([1, 3]);
  });

  it('tells how pictures went: in time and at what cost, late, or not begun because others are still being made', async () => {
    await show(0);
    await answer(await ask(2));
    feed.tick(9, all);
    await ask(10);
    await ask(12);
    feed.request(INSTANT, 340, 14);
    expect(made).toEqual([[false, 5], [true, 5], [true]]);
  });

  it('asks for as much detail as there is time for', async () => {
    feed.request(INSTANT, 40, 2, 'still');
    await settle();
    expect(renders()[0]).toMatchObject({ detail: 'still' });
  });

  it('[T2] a keyframe of a turn that is not live helps nobody: another is asked for', async () => {
    await answer(await ask(0, 'old'));
    feed.tick(LEAD_TICKS, none);
    expect(sent).toEqual([]);
    expect((await ask(4)).keyframe).toBe(true);
  });

  it('goes on with a keyframe after a picture that nobody waits for any more', async () => {
    await show(0);
    const request = await ask(2);
    face.postMessage({ type: 'failed', message: 'the timeline is odd' } satisfies FromFace);
    await settle();
    await answer(request);
    feed.tick(10, all);
    expect(sent).toHaveLength(1);
    expect((await ask(10)).keyframe).toBe(true);
  });

  it('passes speech and dropped turns on in order', async () => {
    feed.speech({ turnId: 't', events: [] });
    feed.drop('t');
    await settle();
    expect(asked.map(({ type }) => type)).toEqual(['speech', 'drop']);
  });

  it('tells when the face is ready', () => {
    expect(told).toEqual([{ ready: 5 }]);
  });
});

describe('a face that fails', () => {
  const fail = async (message: string) => {
    face.postMessage({ type: 'failed', message } satisfies FromFace);
    await settle();
  };

  it('is borne with when a picture fails now and then, given up when five in a row do', async () => {
    for (let i = 0; i < 20; i++) {
      await ask(i * 2);
      await fail('odd');
      if (i % 4 === 3) await answer(await ask(i * 2 + 1));
    }
    expect(told).toEqual([{ ready: 5 }]);
    for (let i = 0; i < 5; i++) {
      await ask(100 + i);
      await fail('broken');
    }
    expect(told.at(-1)).toEqual({ lost: 'failing', message: 'broken' });
    expect(feed.ready).toBe(false);
    expect(feed.request(INSTANT, 0, 0)).toBe(false);
  });

  it('[T6] is given up when no picture comes for three seconds, once', async () => {
    await ask(0);
    for (let tick = 1; tick <= 150; tick++) feed.tick(tick, all);
    expect(told).toHaveLength(1);
    for (let tick = 151; tick < 400; tick++) feed.tick(tick, all);
    expect(told.slice(1)).toEqual([{ lost: 'hung', message: 'no picture came' }]);
  });

  it('is not given up because the machine slept', async () => {
    const request = await ask(0);
    feed.tick(100_000, all);
    await answer(request);
    expect(told).toHaveLength(1);
  });

  it('is not waited for when it cannot start', async () => {
    const { port1, port2 } = new MessageChannel();
    const lost: string[] = [];
    const early = new FaceFeed(port1, {
      send() {},
      ready() {},
      lost: (...why) => lost.push(...why.map(String)),
      made() {},
    });
    port2.postMessage({ type: 'failed', message: 'no rig' } satisfies FromFace);
    await settle();
    expect(lost).toEqual(['not-started', 'no rig', '1']);
    early.close();
    port2.close();
  });

  it('[T2] is replaced in mid-turn: the next one knows the bitrate and the live turn’s mouth, and begins with a keyframe', async () => {
    await show(0);
    feed.setBitrate(700_000, 0);
    feed.speech({ turnId: 'over', events: [] });
    feed.drop('over');
    feed.speech({ turnId: 'live', events: [] });
    const unanswered = await ask(2);
    const old = face;
    const { port1, port2 } = new MessageChannel();
    [asked, face] = [[], port2];
    face.on('message', (message: ToFace) => asked.push(message));
    feed.adopt(port1);
    await settle();
    expect(asked).toEqual([
      { type: 'bitrate', bitrate: 700_000 },
      { type: 'speech', timeline: { turnId: 'live', events: [] } },
    ]);
    expect(feed.request(INSTANT, 80, 4)).toBe(false);
    old.postMessage({ type: 'failed', message: `late answer to ${unanswered.frame}` } satisfies FromFace);
    face.postMessage({ type: 'ready', loadMs: 7 } satisfies FromFace);
    await settle();
    expect((await show(6)).keyframe).toBe(true);
    expect(sent).toHaveLength(2);
    expect(feed.stats.framesFailed).toBe(0);
    old.close();
  });
});

describe('following the viewers’ bandwidth', () => {
  const rates = async () => {
    await settle();
    return asked.flatMap(message => (message.type === 'bitrate' ? [message.bitrate] : []));
  };

  it('changes for a real difference only, and not often: each change costs a keyframe', async () => {
    feed.setBitrate(800_000, 0);
    feed.setBitrate(700_000, 3000);
    feed.setBitrate(950_000, 6000);
    expect(await rates()).toEqual([800_000]);
    feed.setBitrate(400_000, 9000);
    feed.setBitrate(800_000, 10_000);
    expect(await rates()).toEqual([800_000, 400_000]);
    feed.setBitrate(800_000, 11_100);
    expect(await rates()).toEqual([800_000, 400_000, 800_000]);
  });

  it('does not swing between two estimates that lie close together', async () => {
    for (let i = 0; i < 50; i++) feed.setBitrate(i % 2 === 0 ? 500_000 : 600_000, i * 3000);
    expect(await rates()).toEqual([500_000]);
  });
});
