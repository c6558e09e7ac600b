import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConversationMedia, MediaThreads } from './conversation-media.ts';
import type { ToMedia } from './messages.ts';

const face = { rig: 'avatars/ollie', width: 128, height: 128, frameRate: 25, bitrate: 200_000 };
const PATIENCE = { timeout: 10_000, interval: 20 };

/** A conversation, with what its session was told. */
class Conversation {
  readonly media: ConversationMedia;
  readonly failures: string[] = [];
  readonly said: string[] = [];

  constructor(threads: MediaThreads) {
    this.media = new ConversationMedia({ listenIp: '127.0.0.1', face, threads });
    this.media.attach({
      sound() {},
      progress: ({ turnId, done }) => {
        if (done) this.said.push(turnId);
      },
      failed: message => this.failures.push(message),
    });
  }

  /** Half a second of speech. */
  speak(turnId: string): Promise<void> {
    this.media.send({ type: 'begin', turnId });
    this.media.send({ type: 'speech', turnId, pcm: new Int16Array(24_000), timeline: { turnId, events: [] } });
    this.media.send({ type: 'complete', turnId });
    return vi.waitUntil(() => this.said.includes(turnId), PATIENCE) as Promise<never>;
  }
}

describe('conversations that share a media thread', { timeout: 30_000 }, () => {
  let threads: MediaThreads;
  let ann: Conversation;
  let bob: Conversation;

  beforeEach(async () => {
    threads = new MediaThreads(1);
    [ann, bob] = [new Conversation(threads), new Conversation(threads)];
    await Promise.all([ann, bob].flatMap(({ media }) => [media.bound, media.faceReady]));
  });
  afterEach(async () => {
    await Promise.all([ann, bob].map(({ media }) => media.close()));
    await threads.close();
  });

  it('speak at the same time, each on a port of its own', async () => {
    expect(threads.media.loads).toEqual([2]);
    expect(await ann.media.bound).not.toBe(await bob.media.bound);
    await Promise.all([ann.speak('a'), bob.speak('b')]);
    expect([ann.said, bob.said]).toEqual([['a'], ['b']]);
  });

  it('[T6] do not notice what breaks in another', async () => {
    const bobSpeaks = bob.speak('b');
    ann.media.send({ type: 'begin', turnId: 'a' });
    ann.media.send({ type: 'speech', turnId: 'a', timeline: { turnId: 'a', events: [] } } as unknown as ToMedia);
    await vi.waitUntil(() => ann.failures.length > 0, PATIENCE);
    expect(ann.media.healthy).toBe(false);
    await bobSpeaks;
    await bob.speak('again');
    expect(bob.failures).toEqual([]);
    await ann.media.close();
    expect(threads.media.loads).toEqual([1]);
  });

  it('are all told when their thread is lost; the next gets another', async () => {
    threads.media.open({ lost() {} }).giveUp();
    expect(ann.failures).toEqual(['something else on its media thread hung']);
    expect(bob.failures).toEqual(ann.failures);
    await Promise.all([ann.media.close(), bob.media.close()]);
    const cat = new Conversation(threads);
    await Promise.all([cat.media.bound, cat.media.faceReady]);
    await cat.speak('c');
    await cat.media.close();
  });

  it('[C1] leave their thread when they end, and it stays for the next', async () => {
    await ann.media.close();
    expect(threads.media.loads).toEqual([1]);
    await bob.media.close();
    expect(threads.media.loads).toEqual([0]);
    await threads.close();
    expect(() => threads.media.open({ lost() {} })).toThrow('closed');
  });
});
