import { DataPacket } from '@livekit/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Method, Rpc } from './rpc.ts';

/** Two participants; a server says from whom each packet comes. */
function two(methods: Record<string, Method>) {
  const sent: DataPacket[] = [];
  const pass = (from: string, to: () => Rpc) => (packet: DataPacket) => {
    sent.push(packet);
    const passed = DataPacket.fromBinary(packet.toBinary());
    passed.participantIdentity = from;
    queueMicrotask(() => to().add(passed));
  };
  const ann: Rpc = new Rpc(
    pass('ann', () => bob),
    {},
  );
  const bob: Rpc = new Rpc(
    pass('bob', () => ann),
    methods,
  );
  return { ann, bob, sent };
}
afterEach(() => vi.useRealTimers());

describe('a call between participants', () => {
  it('is acknowledged, and answered with who asked', async () => {
    const { ann, sent } = two({ hello: (payload, from) => `${payload}, ${from}` });
    await expect(ann.call('bob', 'hello', 'good day')).resolves.toBe('good day, ann');
    expect(sent.map(({ value, destinationIdentities: [to] }) => [value.case, to])).toEqual([
      ['rpcRequest', 'bob'],
      ['rpcAck', 'ann'],
      ['rpcResponse', 'ann'],
    ]);
  });

  it('fails where there is no such method, be it named like something of every object’s, or it throws', async () => {
    const { ann } = two({
      fails: () => {
        throw new Error('not today');
      },
    });
    await expect(ann.call('bob', 'other', '')).rejects.toThrow('no such method');
    await expect(ann.call('bob', 'constructor', '')).rejects.toThrow('no such method');
    await expect(ann.call('bob', 'fails', '')).rejects.toThrow('not today');
  });

  it('ends when nobody answers, or the line is closed', async () => {
    vi.useFakeTimers();
    const rpc = new Rpc(() => {}, {});
    const late = expect(rpc.call('bob', 'hello', '')).rejects.toThrow('bob did not answer hello');
    vi.advanceTimersByTime(8000);
    await late;
    const closed = expect(rpc.call('bob', 'hello', '')).rejects.toThrow('closed');
    rpc.close();
    await closed;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves other packets alone', () => {
    expect(new Rpc(() => {}, {}).add(new DataPacket())).toBe(false);
  });
});
