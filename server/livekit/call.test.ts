import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Carrier } from '../../livekit/carrier/carrier.ts';
import type { RoomNotice } from '../../livekit/carrier/messages.ts';
import type { LiveKitError } from '../../livekit/errors.ts';
import type { RemoteParticipant, RemoteTrack } from '../../livekit/participants.ts';
import { Rooms } from '../rooms/registry.ts';
import type { Room } from '../rooms/room.ts';
import { entry, FakeEngine, silentLog } from '../testing/fakes.ts';
import { LiveKitCall } from './call.ts';

type Asked = [string, Record<string, unknown>];

/** A carrier whose LiveKit rooms are what a test says. */
class FakeCarrier {
  readonly asked: Asked[] = [];
  others: RemoteParticipant[] = [];
  refuses: LiveKitError | undefined;
  told: (notice: RoomNotice) => void = () => {};
  room(told: (notice: RoomNotice) => void) {
    this.told = told;
    return { id: 7, letGo: () => {} };
  }
  async ask(call: string, asks: Record<string, unknown>): Promise<unknown> {
    this.asked.push([call, asks]);
    if (call !== 'join') return call === 'serve' ? { ip: '127.0.0.1', port: 5 } : { ssrc: 9 };
    if (this.refuses !== undefined) throw this.refuses;
    return { identity: 'visavis-avatar', voiceSid: 'TR_voice', others: this.others };
  }
  tell(call: string, asks: Record<string, unknown>): void {
    this.asked.push([call, asks]);
  }
  of(call: string): Record<string, unknown>[] {
    return this.asked.filter(([name]) => name === call).map(([, asks]) => asks);
  }
}

const mic: RemoteTrack = { sid: 'TR_mic', kind: 'audio', place: 'microphone', muted: false, mimeType: 'audio/opus' };
const person = (identity: string, over: Partial<RemoteParticipant> = {}): RemoteParticipant => ({
  identity,
  sid: `PA_${identity}`,
  name: identity,
  kind: 'person',
  attributes: {},
  tracks: [],
  ...over,
});

let call: LiveKitCall;
afterEach(async () => {
  vi.useRealTimers();
  await call.close();
});

async function scene(others: RemoteParticipant[] = [person('ann')]) {
  const carrier = new FakeCarrier();
  carrier.others = others;
  const happened: string[] = [];
  const rooms = new Rooms({
    engine: new FakeEngine(),
    graceMs: 1000,
    maxRooms: 10,
    maxPeople: 3,
    listener: {
      joined: (_room, { admission }) => void happened.push(`${admission.identity} came`),
      left: (_room, identity, reason) => void happened.push(`${identity} ${reason}`),
      microphone: (_room, identity, producer) => void happened.push(`${identity} ${producer ? 'speaks' : 'is silent'}`),
      consented: (_room, { consent }) => void happened.push(`consent ${JSON.stringify(consent)}`),
      typed: (_room, { text, speaker }) => void happened.push(`${speaker} typed ${text}`),
      ended: room => {
        if (call.room === room) call.ended();
      },
    },
  });
  const ended = vi.fn();
  const reconnected = vi.fn();
  call = new LiveKitCall(
    'red',
    { jobId: 'J', wishes: { persona: 'sarah' } },
    {
      carrier: carrier as unknown as Carrier,
      rooms,
      url: 'ws://livekit.test',
      token: async () => 'a fresh token',
      agentIp: '127.0.0.1',
      face: { width: 512, height: 512 },
      log: silentLog,
      ended,
      reconnected,
    },
  );
  await call.start('the job’s token');
  await vi.waitUntil(() => others.every(({ kind }) => kind !== 'person') || call.room !== undefined);
  const room = (): Room => call.room!;
  return { carrier, rooms, room, happened, ended, reconnected };
}

describe('a LiveKit room', () => {
  it('is mirrored: its people sit in a room of ours, agents and machines do not', async () => {
    const { room, carrier } = await scene([
      person('ann'),
      person('bot', { kind: 'agent' }),
      person('rec', { kind: 'machine' }),
    ]);
    expect([...room().seats.keys()]).toEqual(['ann']);
    expect(room().name).toBe('livekit:red');
    expect(room().seats.get('ann')!.admission).toMatchObject({ persona: 'sarah', remember: false });
    expect(carrier.of('join')).toEqual([
      { room: 7, url: 'ws://livekit.test', token: 'the job’s token', face: { width: 512, height: 512 } },
    ]);
  });

  it('has microphones that come and go, and people who leave', async () => {
    const { carrier, happened } = await scene();
    carrier.told({ type: 'changed', participant: person('ann', { tracks: [mic] }) });
    await vi.waitUntil(() => happened.includes('ann speaks'));
    carrier.told({ type: 'changed', participant: person('ann') });
    await vi.waitUntil(() => happened.includes('ann is silent'));
    carrier.told({ type: 'left', identity: 'ann' });
    await vi.waitUntil(() => happened.includes('ann left'));
    expect(call.room).toBeUndefined();
    carrier.told({ type: 'changed', participant: person('bob') });
    await vi.waitUntil(() => happened.includes('bob came'));
  });

  it('lets nothing of anybody be noticed until they say so, and no longer than that', async () => {
    const { carrier, room, happened } = await scene();
    expect(room().seats.get('ann')!.consent).toEqual({ feelings: false, sight: false, recording: false });
    const attributes = { 'visavis.consent': 'sight' };
    carrier.told({ type: 'changed', participant: person('ann', { attributes }) });
    await vi.waitUntil(() => happened.some(each => each.startsWith('consent')));
    expect(room().seats.get('ann')!.consent.sight).toBe(true);
    carrier.told({ type: 'changed', participant: person('ann') });
    await vi.waitUntil(() => !room().seats.get('ann')!.consent.sight);
  });

  it('never has somebody in the avatar’s place', async () => {
    const { room } = await scene([person('avatar')]);
    expect([...room().seats.keys()]).toEqual(['avatar (person)']);
  });

  it('hears what is typed to everybody, from who is there', async () => {
    const { carrier, happened } = await scene();
    const text = { topic: 'lk.chat', text: 'Good day', attributes: {} };
    carrier.told({ type: 'text', from: 'nobody', text });
    carrier.told({ type: 'text', from: 'ann', text: { ...text, topic: 'other' } });
    carrier.told({ type: 'text', from: 'ann', text: { ...text, text: ' \u200b ' } });
    carrier.told({ type: 'text', from: 'ann', text });
    expect(happened.filter(each => each.includes('typed'))).toEqual(['ann typed Good day']);
  });

  it('shows what was said as captions: the avatar’s as its own, people’s as theirs, what was typed not at all', async () => {
    const { carrier } = await scene([person('ann', { tracks: [mic] })]);
    call.logged(entry('1', { source: 'text' }));
    call.logged(entry('2', { source: 'voice', text: 'Hello', final: false }));
    call.logged(entry('3', { source: 'voice', role: 'avatar', speaker: 'avatar', text: 'Hi' }));
    expect(carrier.of('tell')).toEqual([
      {
        room: 7,
        sender: 'ann',
        text: {
          topic: 'lk.transcription',
          text: 'Hello',
          attributes: {
            'lk.segment_id': '2',
            'lk.transcription_final': 'false',
            'lk.transcribed_track_id': 'TR_mic',
          },
        },
      },
      {
        room: 7,
        text: {
          topic: 'lk.transcription',
          text: 'Hi',
          attributes: {
            'lk.segment_id': '3',
            'lk.transcription_final': 'true',
            'lk.transcribed_track_id': 'TR_voice',
          },
        },
      },
    ]);
  });

  it('tells what the avatar does in LiveKit’s words', async () => {
    const { carrier, room } = await scene();
    room().broadcast('agent.state', { identity: 'avatar', state: 'looking' });
    room().broadcast('agent.state', { identity: 'avatar', state: 'thinking' });
    room().broadcast('agent.state', { identity: 'avatar', state: 'speaking' });
    const states = carrier
      .of('attributes')
      .map(({ attributes }) => (attributes as Record<string, string>)['lk.agent.state']);
    expect(states).toEqual(['initializing', 'thinking', 'speaking']);
  });

  it('tells what the face does to who asks for it, and to nobody else', async () => {
    const { carrier, room } = await scene([
      person('ann', { attributes: { 'visavis.animation': 'on' } }),
      person('bob'),
    ]);
    await vi.waitUntil(() => room().seats.size === 2);
    room().animation.push([{ type: 'gaze', target: 'camera', at_ms: 1 } as never]);
    await vi.waitUntil(() => carrier.of('packet').length > 0);
    expect(carrier.of('packet').map(({ to, topic }) => [to, topic])).toEqual([['ann', 'visavis.animation']]);
  });
});

describe('a line to a LiveKit room that is lost', () => {
  it('is made anew with a fresh token; who comes back has their place still', async () => {
    const { carrier, happened, reconnected, room } = await scene();
    const seat = room().seats.get('ann');
    carrier.others = [];
    carrier.told({ type: 'closed', message: 'gone', retryable: true });
    await vi.waitUntil(() => reconnected.mock.calls.length > 0);
    await vi.waitUntil(() => seat?.presence === 'reconnecting');
    expect(carrier.of('join').at(-1)).toMatchObject({ token: 'a fresh token' });
    carrier.told({ type: 'changed', participant: person('ann') });
    await vi.waitUntil(() => seat?.presence === 'here');
    expect(room().seats.get('ann')).toBe(seat);
    expect(happened.filter(each => !each.startsWith('consent'))).toEqual(['ann came']);
  });

  it('is left alone where the avatar was shown out', async () => {
    const { carrier, ended, rooms } = await scene();
    carrier.told({ type: 'closed', message: 'the avatar was removed', retryable: false });
    await vi.waitUntil(() => ended.mock.calls.length > 0);
    expect(carrier.of('join')).toHaveLength(1);
    expect(ended.mock.calls[0]![1]).toMatchObject({ message: 'the avatar was removed', retryable: false });
    expect(rooms.all).toEqual([]);
  });

  it('with the carrier ends our room, which begins anew with what was said', async () => {
    const { carrier, room, happened } = await scene();
    const first = room();
    first.logged(entry('1', { source: 'voice' }));
    carrier.told({ type: 'died', message: 'the carrier: it ended' });
    await vi.waitUntil(() => happened.filter(each => each === 'ann came').length === 2, { timeout: 5000 });
    expect(room()).not.toBe(first);
    expect(room().history.map(({ id }) => id)).toEqual(['1']);
  });
});
