import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Source } from '../../protocol/signaling.ts';
import { RoomClient } from './client.ts';
import { closingOf, endingOf, RoomFailure } from './failures.ts';
import type { Wanted } from './publisher.ts';
import { Store } from './store.ts';
import { avatar, FakeDevices, FakeSignaling, fakeTrack, seat } from './testing.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(1);

function open() {
  const wire = new FakeSignaling();
  const devices = new FakeDevices();
  const local = new Store<ReadonlyMap<Source, Wanted>>(new Map());
  const tokens = { get: vi.fn(async () => 'token'), forget: vi.fn(), renewable: true };
  wire.answers.join = () => seat();
  wire.answers.consume = ({ producerId }: { producerId: string }) => ({
    consumerId: `consumer-${producerId}`,
    producerId,
    kind: producerId === 'face' ? 'video' : 'audio',
    rtpParameters: {},
    producerPaused: false,
    syncGroup: 'avatar',
  });
  wire.answers.produce = ({ source }: { source: string }) => ({ producerId: `my-${source}` });
  wire.answers['transport.restartIce'] = () => ({ iceParameters: { usernameFragment: 'new' } });
  const client = new RoomClient({
    signaling: wire,
    room: 'welcome',
    tokens,
    local: { wanted: () => local.get(), release: () => {}, store: local },
    createDevice: () => devices.create(),
  });
  const state = () => client.store.get();
  const join = async () => {
    client.join({ name: 'Ada' });
    await settle();
    await settle();
    devices.last?.recv?.move('connected');
    devices.last?.send?.move('connected');
  };
  return { wire, devices, local, tokens, client, state, join };
}

describe('waiting to be let in', () => {
  const waiting = async () => {
    const call = open();
    call.wire.answers.join = () => {
      throw new RoomFailure('waiting', 'wait', true);
    };
    await call.join();
    return call;
  };

  it('takes as long as it takes, and joins when a host says so', async () => {
    const { wire, state } = await waiting();
    await vi.advanceTimersByTimeAsync(30 * 60_000);
    expect(state().phase).toBe('waiting');
    expect(wire.count('join')).toBe(1);
    wire.answers.join = () => seat();
    wire.notify('admitted', {});
    await settle();
    expect(state().phase).toBe('connected');
  });

  it('asks again where the connection was lost meanwhile', async () => {
    const { wire, state } = await waiting();
    wire.link(false);
    wire.link(true);
    await settle();
    expect(wire.count('join')).toBe(2);
    expect(state().phase).toBe('waiting');
  });

  it('ends when a host sends one away, or ends the call for everybody', async () => {
    for (const forAll of [false, true]) {
      const { wire, state } = await waiting();
      wire.notify('room.closed', { reason: 'removed', message: 'No.', retryable: false, forAll });
      expect(state()).toMatchObject({ phase: 'ended', ending: closingOf('removed', forAll) });
    }
  });
});

describe('joining', () => {
  it('receives all that the avatar sends without waiting for a microphone', async () => {
    const { wire, state, join } = open();
    await join();
    expect(state().phase).toBe('connected');
    expect(wire.inputs('consume')).toMatchObject([{ producerId: 'voice' }, { producerId: 'face' }]);
    expect(wire.count('produce')).toBe(0);
    expect(state().tracks.avatar).toMatchObject({
      audio: { id: 'track-of-consumer-voice' },
      video: { id: 'track-of-consumer-face' },
    });
  });

  it('sends a microphone as soon as there is one, and tells the server when it is muted', async () => {
    const { wire, local, join } = open();
    await join();
    const track = fakeTrack('audio');
    local.set(new Map([['microphone', { track, muted: false }]]));
    await settle();
    expect(wire.inputs('produce')).toMatchObject([{ source: 'microphone', paused: false }]);
    local.set(new Map([['microphone', { track, muted: true }]]));
    await settle();
    expect(wire.inputs('producer.pause')).toEqual([{ producerId: 'my-microphone' }]);
  });

  it('starts a muted microphone paused, so that nobody hears its first moments', async () => {
    const { wire, local, join } = open();
    local.set(new Map([['microphone', { track: fakeTrack('audio'), muted: true }]]));
    await join();
    expect(wire.inputs('produce')).toMatchObject([{ source: 'microphone', paused: true }]);
  });

  it('tells at once when the room is full, although trying later may help', async () => {
    const { wire, state, join } = open();
    wire.answers.join = () => Promise.reject(new RoomFailure('room-full', 'full', true));
    await join();
    expect(state()).toMatchObject({ phase: 'ended', ending: endingOf('room-full') });
  });

  it('gets a new token when an open room finds the old one expired', async () => {
    const { wire, state, tokens, join } = open();
    wire.answers.join = () => {
      wire.answers.join = () => seat();
      throw new RoomFailure('token-expired', 'expired', false);
    };
    await join();
    expect(tokens.forget).toHaveBeenCalledOnce();
    expect(state().phase).toBe('connected');
  });

  it('ends with a friendly word when an invitation has expired', async () => {
    const { wire, state, tokens, join } = open();
    tokens.renewable = false;
    wire.answers.join = () => Promise.reject(new RoomFailure('token-expired', 'expired', false));
    await join();
    expect(state()).toMatchObject({ phase: 'ended', ending: endingOf('token-expired') });
  });

  it('gives up after ten seconds without a server, and can be started again', async () => {
    const { wire, state, client } = open();
    wire.reachable = false;
    client.join({ name: 'Ada' });
    await vi.advanceTimersByTimeAsync(9_900);
    expect(state().phase).toBe('joining');
    await vi.advanceTimersByTimeAsync(200);
    expect(state()).toMatchObject({ phase: 'ended', ending: endingOf('unreachable') });
    wire.reachable = true;
    client.rejoin();
    await vi.advanceTimersByTimeAsync(5);
    expect(state().phase).toBe('connected');
  });
});

describe('a lost network', () => {
  it('keeps its transports when the seat is still there, and renews both paths', async () => {
    const { wire, devices, state, join } = open();
    await join();
    wire.link(false);
    expect(state().phase).toBe('reconnecting');
    await vi.advanceTimersByTimeAsync(10_000);
    wire.answers.join = () => seat(true);
    wire.link(true);
    await settle();
    expect(wire.inputs('join').at(-1)).toMatchObject({ resumeKey: 'key' });
    expect(devices.made).toHaveLength(1);
    expect([devices.last.send.restarts, devices.last.recv.restarts]).toEqual([1, 1]);
    expect(wire.count('consume')).toBe(2);
    expect(state().phase).toBe('connected');
  });

  it('catches up with who came and what ended meanwhile', async () => {
    const { wire, state, join } = open();
    await join();
    wire.link(false);
    const [voice] = avatar.producers;
    const picture = { producerId: 'face-2', kind: 'audio', source: 'avatar-voice', paused: false } as const;
    wire.answers.join = () => seat(true, [{ ...avatar, producers: [voice!, picture] }]);
    wire.link(true);
    await settle();
    expect(wire.inputs('consume').at(-1)).toMatchObject({ producerId: 'face-2' });
    expect(state().tracks.avatar?.video).toBeUndefined();
  });

  it('builds everything anew when the seat is gone', async () => {
    const { wire, devices, local, state, join } = open();
    local.set(new Map([['microphone', { track: fakeTrack('audio'), muted: false }]]));
    await join();
    wire.link(false);
    wire.link(true);
    await settle();
    expect(devices.made).toHaveLength(2);
    expect(devices.made[0]).toMatchObject({ send: { closed: true }, recv: { closed: true } });
    expect(wire.count('consume')).toBe(4);
    expect(wire.count('produce')).toBe(2);
    expect(state().phase).toBe('connected');
  });

  it('says so when only sound and picture are lost, and is connected again when they are back', async () => {
    const { wire, devices, state, join } = open();
    await join();
    devices.last.recv.move('disconnected');
    await vi.advanceTimersByTimeAsync(900);
    expect(state().phase).toBe('connected');
    await vi.advanceTimersByTimeAsync(200);
    expect(state().phase).toBe('reconnecting');
    expect(wire.inputs('transport.restartIce')).toEqual([{ transportId: 'recv' }]);
    devices.last.recv.move('connected');
    expect(state()).toMatchObject({ phase: 'connected', trouble: undefined });
  });

  it('doubts the wire when a restart is not answered', async () => {
    const { wire, devices, state, join } = open();
    await join();
    wire.answers['transport.restartIce'] = () => {
      wire.answers['transport.restartIce'] = () => ({ iceParameters: {} });
      throw new RoomFailure('timeout', 'no answer', true);
    };
    wire.answers.join = () => seat(true);
    devices.last.recv.move('failed');
    await settle();
    await settle();
    expect(wire.count('join')).toBe(2);
    devices.last.recv.move('connected');
    expect(state().phase).toBe('connected');
  });

  it('takes a new seat when the server has given the old one away', async () => {
    const { wire, devices, state, join } = open();
    await join();
    wire.answers['transport.restartIce'] = () => Promise.reject(new RoomFailure('session-gone', 'gone', true));
    devices.last.recv.move('failed');
    await settle();
    await settle();
    expect(devices.made).toHaveLength(2);
    expect(state().phase).toBe('connected');
  });

  it('asks again for a stream when the first request got no answer', async () => {
    const { wire, state, join } = open();
    const consume = wire.answers.consume!;
    wire.answers.consume = () => Promise.reject(new RoomFailure('timeout', 'no answer', true));
    await join();
    expect(state().tracks.avatar).toBeUndefined();
    wire.answers.consume = consume;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(state().tracks.avatar?.video).toBeDefined();
  });

  it('gives up after a minute', async () => {
    const { wire, state, join } = open();
    await join();
    wire.link(false);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(state().phase).toBe('reconnecting');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(state()).toMatchObject({ phase: 'ended', ending: endingOf('unreachable') });
  });
});

describe('a room that ends under its people', () => {
  const died = { reason: 'worker-died', message: '', retryable: true } as const;

  it('is entered again at once, telling why', async () => {
    const { wire, devices, state, join } = open();
    await join();
    wire.notify('room.closed', died);
    expect(state().phase).toBe('reconnecting');
    expect(state().trouble).toContain(closingOf('worker-died').title);
    await settle();
    expect(wire.inputs('join').at(-1)).toMatchObject({ resumeKey: undefined });
    expect(devices.made).toHaveLength(2);
    expect(state().phase).toBe('connected');
  });

  it('is tried again while the server recovers', async () => {
    const { wire, state, join } = open();
    await join();
    wire.answers.join = () => Promise.reject(new RoomFailure('internal', 'no worker', true));
    wire.notify('room.closed', died);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(state().phase).toBe('reconnecting');
    wire.answers.join = () => seat();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(state().phase).toBe('connected');
  });

  it('is left when it ends again and again', async () => {
    const { wire, state, join } = open();
    await join();
    for (let time = 0; time < 4; time++) {
      wire.notify('room.closed', died);
      await settle();
    }
    expect(state()).toMatchObject({ phase: 'ended', ending: closingOf('worker-died') });
  });

  it('is not entered again by one who was removed', async () => {
    const { wire, state, join } = open();
    await join();
    wire.notify('room.closed', { reason: 'removed', message: '', retryable: false });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(state()).toMatchObject({ phase: 'ended', ending: closingOf('removed') });
    expect(wire.count('join')).toBe(1);
  });
});

describe('leaving', () => {
  it('says goodbye, closes every transport and leaves no timer', async () => {
    const { wire, devices, state, client, join } = open();
    await join();
    client.leave();
    expect(wire.count('leave')).toBe(1);
    expect(devices.last).toMatchObject({ send: { closed: true }, recv: { closed: true } });
    expect(state().phase).toBe('ended');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('throws away what was under way', async () => {
    const { wire, devices, state, client } = open();
    let answer: (value: unknown) => void = () => {};
    wire.answers.join = () => new Promise(resolve => (answer = resolve));
    client.join({ name: 'Ada' });
    await settle();
    client.leave();
    answer(seat());
    await settle();
    expect(state().phase).toBe('ended');
    expect(devices.made).toHaveLength(0);
  });
});
