import { expect, it } from 'vitest';
import type { ParticipantInfo } from '../../protocol/signaling.ts';
import { applyNotice, applySnapshot, type CallState, initialState } from '../room/state.ts';
import { avatar, snapshot } from '../room/testing.ts';
import { inviteLink } from './link.ts';
import { isAlone, listed } from './who.ts';

const person = (identity: string, more: Partial<ParticipantInfo> = {}): ParticipantInfo => ({
  identity,
  name: identity,
  kind: 'human',
  presence: 'here',
  producers: [],
  ...more,
});
const call = (...others: ParticipantInfo[]) => ({
  ...applySnapshot(initialState, snapshot([person('ada'), ...others])),
  phase: 'connected' as const,
});

it('invites to the room, and to nothing of one’s own', () => {
  expect(inviteLink('https://talk.example', '/', 'quiet-harbor')).toBe('https://talk.example/r/quiet-harbor');
  expect(inviteLink('https://a.example', '/talk/', 'a b')).toBe('https://a.example/talk/r/a%20b');
});

it('lists the avatar, oneself, and the others as they came', () => {
  const rows = listed(call(person('bob'), avatar, person('cy')), false);
  expect(rows.map(({ identity }) => identity)).toEqual(['avatar', 'ada', 'bob', 'cy']);
  expect(rows.map(({ self }) => self)).toEqual([false, true, false, false]);
});

it('tells who is not heard, and whose network is lost', () => {
  const speaking = { producerId: 'm', kind: 'audio', source: 'microphone', paused: false } as const;
  const rows = listed(
    call(avatar, person('bob', { producers: [speaking] }), person('cy', { presence: 'reconnecting' })),
    true,
  );
  expect(rows.map(({ muted, away }) => [muted, away])).toEqual([
    [false, false],
    [true, false],
    [false, false],
    [true, true],
  ]);
});

it('puts raised hands first, in the order in which they went up', () => {
  const rows = listed(call(avatar, person('bob', { hand: 20 }), person('cy', { hand: 10 })), false);
  expect(rows.map(({ identity }) => identity)).toEqual(['avatar', 'cy', 'bob', 'ada']);
});

it('shows a reaction of somebody, and one’s own hand as the room has it', () => {
  let state: CallState = call(avatar, person('bob'));
  state = applyNotice(state, 'reaction', { identity: 'bob', emoji: '🎉' });
  state = applyNotice(state, 'reaction', { identity: 'bob', emoji: '👏' });
  expect(state.reactions.map(({ id, emoji }) => [id, emoji])).toEqual([
    [1, '🎉'],
    [2, '👏'],
  ]);
  state = applyNotice(state, 'participant.updated', { participant: person('ada', { hand: 5 }) });
  expect(listed(state, false)[1]).toMatchObject({ self: true, hand: 5 });
  expect(applyNotice(state, 'participant.updated', { participant: person('ada') }).hand).toBeUndefined();
});

it('shows who waits to a host, for as long as they are one, and what a host has said each time', () => {
  const host = (is: boolean) => ({ participant: person('ada', is ? { host: true } : {}) });
  let state = applyNotice(call(avatar), 'participant.updated', host(true));
  state = applyNotice(state, 'waiting', { people: [{ identity: 'cy', name: 'Cy' }] });
  expect([state.host, state.waiting.length]).toEqual([true, 1]);
  state = applyNotice(state, 'participant.updated', host(false));
  expect([state.host, state.waiting.length]).toEqual([false, 0]);
  state = applyNotice(state, 'host.muted', { by: 'Bob' });
  state = applyNotice(state, 'host.muted', { by: 'Bob' });
  expect(state.hostSaid).toEqual({ id: 2, what: 'muted', by: 'Bob' });
});

it('knows who is alone: with the avatar, too, but not while joining', () => {
  expect(isAlone(call(avatar))).toBe(true);
  expect(isAlone(call(avatar, person('bob')))).toBe(false);
  expect(isAlone(initialState)).toBe(false);
});
