import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Streams } from './streams.ts';

/** A producer as far as it is looked at; with `producerId`, a consumer. */
function media(id: string, stats: object[], over: object = {}) {
  const observer = new EventEmitter();
  return { id, kind: 'video', closed: false, observer, getStats: async () => stats, ...over };
}
const add = (streams: Streams, ...all: ReturnType<typeof media>[]) => {
  for (const each of all) streams.add(each as never, 'person');
};
const INBOUND = { type: 'inbound-rtp', packetCount: 10, byteCount: 1000, packetsLost: 1, jitter: 900 };

describe('looking at the streams of an engine', () => {
  it('adds up the layers of a simulcast camera, with jitter in time', async () => {
    const streams = new Streams();
    add(streams, media('camera', [INBOUND, { ...INBOUND, jitter: 1800, roundTripTime: 30 }]));
    expect((await streams.sample(10)).sampled).toEqual([
      {
        ...{ id: 'camera', direction: 'received', peer: 'person', kind: 'video' },
        ...{ packets: 20, bytes: 2000, lost: 2, jitterMs: 20, roundTripMs: 30 },
      },
    ]);
  });

  it('counts of what is sent its own stream, not the one it is fed by', async () => {
    const streams = new Streams();
    const outbound = { type: 'outbound-rtp', packetCount: 7, byteCount: 70, packetsLost: 3, jitter: 5 };
    add(streams, media('sent', [outbound, INBOUND], { producerId: 'camera', kind: 'audio' }));
    const [sent] = (await streams.sample(10)).sampled;
    expect(sent).toEqual({
      ...{ id: 'sent', direction: 'sent', peer: 'person', kind: 'audio', packets: 7, bytes: 70, lost: 3 },
    });
  });

  it('looks at so many at a time, all of them in turn, and at none that is gone', async () => {
    const streams = new Streams();
    const [a, b, c, failing] = ['a', 'b', 'c', 'failing'].map(id => media(id, [INBOUND])) as [
      ReturnType<typeof media>,
      ReturnType<typeof media>,
      ReturnType<typeof media>,
      ReturnType<typeof media>,
    ];
    failing.getStats = async () => Promise.reject(new Error('closed'));
    add(streams, a, b, c, failing);
    const ids = async () => (await streams.sample(2)).sampled.map(({ id }) => id);
    expect([await ids(), await ids(), await ids()]).toEqual([['a', 'b'], ['c'], ['a', 'b']]);
    b.observer.emit('close');
    add(streams, media('closed', [INBOUND], { closed: true }));
    const { present } = await streams.sample(1);
    expect([...present]).toEqual(['a', 'c', 'failing']);
  });
});
