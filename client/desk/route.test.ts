import { expect, it } from 'vitest';
import { RoomName } from '../../protocol/text.ts';
import { randomRoom, readRoute, toRoomName, withHiddenToken } from './route.ts';

const read = (url: string) => readRoute(new URL(url, 'http://localhost'));

it('reads the room and what the query asks for', () => {
  expect(read('/r/blue?name=Ada%20L&persona=tutor&avatar=sarah&token=abc&join=1')).toEqual({
    room: 'blue',
    name: 'Ada L',
    persona: 'tutor',
    avatar: 'sarah',
    token: 'abc',
    joinAtOnce: true,
    privacy: false,
    isUnknown: false,
  });
});

it('leaves the room open on the front page', () => {
  expect(read('/')).toMatchObject({ room: undefined, joinAtOnce: false });
});

it.each(['/r/%E0%A4%A', '/r/', '/r/%20', '/other'])('takes %s for no room', path => {
  expect(read(path).room).toBeUndefined();
});

it('knows which addresses there are', () => {
  const unknown = ['/', '/r/', '/r/blue', '/conversations', '/other', '/r/blue/more', '/conversations/x'].filter(
    path => read(path).isUnknown,
  );
  expect(unknown).toEqual(['/other', '/r/blue/more', '/conversations/x']);
});

it('makes rooms of one’s own, which the server accepts and nobody guesses', () => {
  const rooms = Array.from({ length: 50 }, () => randomRoom());
  expect(new Set(rooms).size).toBe(50);
  for (const room of rooms) {
    expect(toRoomName(room)).toBe(room);
    expect(room).toMatch(/^[a-z]+-[a-z]+-[a-z2-9]{6}$/);
  }
});

it.each([
  ['Blue room!', 'blue-room'],
  ['WELCOME', 'welcome'],
  ['  team.one ', 'team.one'],
  ['--x', 'x'],
  ['übung', 'bung'],
  ['a'.repeat(70), 'a'.repeat(64)],
])('makes of "%s" the room "%s", which the server accepts', (typed, room) => {
  expect(toRoomName(typed)).toBe(room);
  expect(RoomName.safeParse(room).success).toBe(true);
});

it.each(['welcome', 'a', 'a.b_c-9', 'a'.repeat(64)])('leaves the room "%s" as it is', name => {
  expect(toRoomName(name)).toBe(name);
});

it('reads the page of what was said, with its token out of sight of servers', () => {
  const id = '0b4f4d0e-8c1e-4d3e-9c7a-2f0a3f0d1a2b';
  expect(read('/conversations').conversations).toEqual({});
  expect(read(`/conversations/${id}#token=a.b-c`).conversations).toEqual({ id, token: 'a.b-c' });
  expect(read('/conversations#token=%').conversations).toEqual({ token: '%' });
  expect(read('/r/conversations').conversations).toBeUndefined();
});

it('[S1] takes an invitation from behind the hash, and hides one that came in the query', () => {
  expect(read('/r/blue?name=Ada#token=a.b-c').token).toBe('a.b-c');
  expect(read('/r/blue?token=old#token=new').token).toBe('new');
  const hidden = withHiddenToken(new URL('/r/blue?name=Ada&token=a.b-c', 'http://localhost'));
  expect(hidden).toBe('/r/blue?name=Ada#token=a.b-c');
  expect(read(hidden!)).toMatchObject({ name: 'Ada', token: 'a.b-c' });
  expect(withHiddenToken(new URL('/r/blue?token=x', 'http://localhost'))).toBe('/r/blue#token=x');
  expect(withHiddenToken(new URL('/r/blue#token=x', 'http://localhost'))).toBeUndefined();
});
