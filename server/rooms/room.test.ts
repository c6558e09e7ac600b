import { beforeEach, describe, expect, it } from 'vitest';
import type { Notice, NoticeName, ProducerInfo } from '../../protocol/signaling.ts';
import { admission, entry, FakeEngine, type FakeMediaRoom } from '../testing/fakes.ts';
import { Room, type Seat } from './room.ts';

const endpoint = { ip: '127.0.0.1', port: 1, cname: 'c', audioSsrc: 1, videoSsrc: 2 };
const microphone: ProducerInfo = { producerId: 'm', kind: 'audio', source: 'microphone', paused: false };

let media: FakeMediaRoom;
let room: Room;
let ann: Seat;
let bob: Seat;
let annSees: { name: NoticeName; payload: unknown }[];
let bobSees: { name: NoticeName; payload: unknown }[];
let told: string[];

beforeEach(async () => {
  const engine = new FakeEngine();
  told = [];
  room = await Room.open(engine, {
    name: 'red',
    graceMs: 1000,
    maxPeople: 10,
    listener: {
      joined: () => {},
      left: () => {},
      microphone: (_, identity, producer) => told.push(`${identity} ${producer?.producerId ?? 'off'}`),
      typed: (_, { id }) => told.push(`typed ${id}`),
      picture: (_, identity) => told.push(`picture of ${identity}`),
      consented: (_, { admission, consent }) =>
        told.push(`${admission.identity} feelings ${consent.feelings} sight ${consent.sight}`),
      ended: (_, reason) => told.push(`ended ${reason}`),
    },
  });
  media = engine.rooms[0]!;
  [annSees, bobSees] = [[], []];
  ann = room.join(admission('ann'), (name, payload) => annSees.push({ name, payload }));
  bob = room.join(admission('bob', { canPublish: false }), (name, payload) => bobSees.push({ name, payload }));
  annSees.length = 0;
});
const of = <N extends NoticeName>(sees: typeof annSees, name: N): Notice<N>[] =>
  sees.filter(notice => notice.name === name).map(({ payload }) => payload as Notice<N>);

describe('what people see of a room', () => {
  it('a snapshot holds everyone, what you may do, the log and the avatar', async () => {
    await room.addAgent({ identity: 'avatar', name: 'Ollie' }, endpoint);
    room.logged(entry('e1'));
    const snapshot = room.snapshot(bob);
    expect(snapshot.you).toMatchObject({
      identity: 'bob',
      canPublish: false,
      canSubscribe: true,
      canPublishData: true,
    });
    expect(snapshot.participants.map(({ identity, kind }) => [identity, kind])).toEqual([
      ['ann', 'human'],
      ['bob', 'human'],
      ['avatar', 'avatar'],
    ]);
    expect(snapshot.participants[2]!.producers.map(({ source }) => source)).toEqual(['avatar-voice', 'avatar-face']);
    expect(snapshot.log).toHaveLength(1);
    expect(snapshot.agent).toEqual({ state: 'idle', identity: 'avatar' });
  });

  it('a new track is shown to the others, and a microphone to the agent', () => {
    room.published(ann, microphone);
    expect(of(bobSees, 'producer.added')).toEqual([{ identity: 'ann', producer: microphone }]);
    expect(of(annSees, 'producer.added')).toEqual([]);
    media.events.producerClosed('ann', microphone);
    expect(of(bobSees, 'producer.removed')).toEqual([{ identity: 'ann', producerId: 'm' }]);
    expect(told).toEqual(['ann m', 'ann off']);
  });

  it('quality and closed subscriptions concern one person only', () => {
    media.events.quality('ann', 'recv', 'c1', 7);
    media.events.consumerClosed('ann', 'c1');
    media.events.quality('nobody', 'recv', 'c1', 7);
    expect(annSees.map(({ name }) => name)).toEqual(['quality', 'consumer.closed']);
    expect(of(bobSees, 'quality')).toEqual([]);
  });

  it('[S1] who joins under a name that is taken is told apart, however it is written', () => {
    const names = ['ann', '\u0391nn', 'BOB'].map((name, i) => room.join(admission(`x${i}`, { name }), () => {}).name);
    expect(names).toEqual(['ann (2)', '\u0391nn (3)', 'BOB (2)']);
  });

  it('[S1] who came under the avatar’s name is told apart as soon as it comes', async () => {
    const eve = room.join(admission('eve', { name: '\u041ellie' }), () => {});
    await room.addAgent({ identity: 'avatar', name: 'Ollie' }, {} as never);
    expect(eve.name).toBe('\u041ellie (2)');
    expect(of(bobSees, 'participant.updated').at(-1)).toMatchObject({
      participant: { identity: 'eve', name: '\u041ellie (2)' },
    });
    expect(room.join(admission('mallory', { name: 'ollie' }), () => {}).name).toBe('ollie (3)');
  });

  it('a new name is shown to everyone', () => {
    room.rename(ann, 'Anna');
    for (const sees of [annSees, bobSees])
      expect(of(sees, 'participant.updated')).toMatchObject([{ participant: { identity: 'ann', name: 'Anna' } }]);
  });
});

describe('the log', () => {
  it('keeps an entry in its place when it grows', () => {
    room.logged(entry('a', { text: 'How', final: false }));
    room.logged(entry('b'));
    room.logged(entry('a', { text: 'How are you?' }));
    expect(room.snapshot(ann).log.map(({ text }) => text)).toEqual(['How are you?', 'text of b']);
    expect(of(annSees, 'log.entry')).toHaveLength(3);
  });

  it('takes an entry back', () => {
    room.logged(entry('a'));
    room.unlogged('a');
    expect(room.snapshot(ann).log).toEqual([]);
    expect(of(bobSees, 'log.removed')).toEqual([{ entryId: 'a' }]);
  });

  it('takes out what was deleted, with what is still to come of those turns', () => {
    room.logged(entry('a'));
    room.logged(entry('a:avatar', { turnId: 'a', role: 'avatar', speaker: 'avatar', final: false }));
    room.logged(entry('b'));
    room.logged(entry('c', { final: false }));
    room.strike(new Set(['a', 'a:avatar', 'c']));
    expect(of(bobSees, 'log.removed')).toEqual([{ entryId: 'a' }, { entryId: 'a:avatar' }]);
    room.logged(entry('a:avatar', { turnId: 'a', role: 'avatar', speaker: 'avatar', interrupted: true }));
    // What somebody was just saying goes on.
    room.logged(entry('c'));
    expect(room.history.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(of(bobSees, 'log.entry').at(-1)).toMatchObject({ entry: { id: 'c' } });
  });

  it('takes out what answers only what was deleted, whatever its turn is called, and no other answer', () => {
    const answer = (turnId: string, ...answers: string[]) =>
      room.logged(entry(`${turnId}:avatar`, { turnId, answers, role: 'avatar', speaker: 'avatar' }));
    for (const id of ['a', 'b']) room.logged(entry(id));
    answer('b', 'a', 'b');
    answer('fresh', 'b');
    room.strike(new Set(['b', 'fresh:avatar']));
    answer('fresh', 'b');
    answer('fresh-2', 'b');
    answer('b', 'a', 'b');
    expect(room.history.map(({ id }) => id)).toEqual(['a', 'b:avatar']);
  });

  it('hands only what is final to whoever takes over', () => {
    room.logged(entry('a'));
    room.logged(entry('b', { final: false }));
    expect(room.history.map(({ id }) => id)).toEqual(['a']);
  });

  it('[C2] keeps the latest 500 entries', () => {
    for (let i = 0; i < 700; i++) room.logged(entry(`e${i}`));
    const { history } = room;
    expect([history.length, history[0]!.id, history.at(-1)!.id]).toEqual([500, 'e200', 'e699']);
    for (let i = 0; i < 200; i++) room.logged(entry(`long${i}`, { text: 'x'.repeat(8000) }));
    expect(room.history).toHaveLength(125);
  });

  it('[C2] cuts off what is longer than an utterance', () => {
    room.logged(entry('a', { text: 'x'.repeat(20_000) }));
    expect(room.history[0]!.text).toHaveLength(8000);
  });

  it('shows a typed message and passes it to the agent', () => {
    room.typed(entry('t'));
    expect(of(annSees, 'log.entry')).toHaveLength(1);
    expect(told).toEqual(['typed t']);
  });
});

describe('the avatar of a room', () => {
  it('says what it is doing, once for each change', async () => {
    await room.addAgent({ identity: 'avatar', name: 'Ollie' }, endpoint);
    room.setAgentState('thinking');
    room.setAgentState('thinking');
    room.setAgentState('speaking');
    expect(of(annSees, 'agent.state').map(({ state }) => state)).toEqual(['idle', 'thinking', 'speaking']);
  });

  it('leaves with its media, and what it was saying ends as it stands', async () => {
    const agent = await room.addAgent({ identity: 'avatar', name: 'Ollie' }, endpoint);
    room.logged(entry('a', { role: 'avatar', text: 'I was about', final: false }));
    room.removeAgent(agent);
    expect(media.agents[0]!.closed).toBe(true);
    expect(of(annSees, 'participant.left')).toEqual([{ identity: 'avatar', reason: 'lost' }]);
    expect(room.history).toMatchObject([{ text: 'I was about', final: true, interrupted: true }]);
  });

  it('stays when another, earlier one is taken away', async () => {
    const earlier = await room.addAgent({ identity: 'avatar', name: 'Ollie' }, endpoint);
    room.removeAgent(earlier);
    await room.addAgent({ identity: 'avatar', name: 'Ollie' }, endpoint);
    room.removeAgent(earlier);
    expect(room.agent?.name).toBe('Ollie');
    expect(media.agents[1]!.closed).toBe(false);
  });

  it('is said to be away while none can come, also to those who join then', async () => {
    room.agentAway();
    room.agentAway();
    expect(of(annSees, 'agent.state')).toEqual([{ identity: 'avatar', state: 'away' }]);
    expect(room.snapshot(ann).agent).toEqual({ identity: 'avatar', state: 'away' });
    await room.addAgent({ identity: 'avatar', name: 'Ollie' }, endpoint);
    expect(of(annSees, 'agent.state').at(-1)).toEqual({ identity: 'avatar', state: 'idle' });
    expect(room.snapshot(ann).agent).toEqual({ identity: 'avatar', state: 'idle' });
  });

  it('does not come into a room that closed while it was on the way', async () => {
    const gate = Promise.withResolvers<void>();
    media.agentGate = gate.promise;
    const coming = room.addAgent({ identity: 'avatar', name: 'Ollie' }, endpoint);
    room.close('empty');
    gate.resolve();
    await expect(coming).rejects.toThrow('closed');
    expect(media.agents[0]!.closed).toBe(true);
  });
});

describe('closing', () => {
  it('tells everyone once, ends the media, and is final', () => {
    room.close('shutting-down');
    room.close('worker-died');
    expect(of(annSees, 'room.closed')).toMatchObject([{ reason: 'shutting-down', retryable: true }]);
    expect(told).toEqual(['ended shutting-down']);
    expect(media.closed).toBe(true);
    expect(() => room.join(admission('cid'), () => {})).toThrow(expect.objectContaining({ code: 'room-closed' }));
  });
});

describe('consent', () => {
  it('passes on what a person lets the avatar notice, and clears what was shown of it', () => {
    expect(room.snapshot(ann).you.consent).toEqual({ feelings: false, sight: false, recording: false });
    room.consent(ann, { feelings: false, sight: true, recording: false });
    expect(told).toContain('ann feelings false sight true');
    expect(annSees).toContainEqual({ name: 'feeling', payload: { feeling: null } });
    expect(room.snapshot(ann).you.consent).toEqual({ feelings: false, sight: true, recording: false });
    expect(room.snapshot(bob).you.consent).toEqual({ feelings: false, sight: false, recording: false });
  });

  it('to be recorded is seen by everybody, until it is withdrawn or what was recorded is erased', async () => {
    await room.addAgent({ identity: 'avatar', name: 'Ollie', records: true }, endpoint);
    const recording = (sees: typeof annSees) =>
      of(sees, 'participant.updated').map(({ participant }) => [participant.identity, participant.recording === true]);
    const consent = { feelings: true, sight: false, recording: true };
    room.consent(ann, consent);
    room.consent(ann, { ...consent, sight: true });
    expect(recording(bobSees)).toEqual([['ann', true]]);
    expect(recording(annSees)).toEqual([['ann', true]]);
    const { participants } = room.snapshot(bob);
    expect(participants.filter(each => each.recording === true).map(({ identity }) => identity)).toEqual([
      'ann',
      'avatar',
    ]);
    room.stopRecording();
    expect(recording(bobSees).at(-1)).toEqual(['ann', false]);
    expect(ann.consent).toEqual({ feelings: true, sight: true, recording: false });
  });
});
