import { describe, expect, it } from 'vitest';
import type { Person } from './tile.tsx';
import { screenOf, seated } from './view.ts';

const person = (identity: string, more: Partial<Person> = {}): Person => ({
  identity,
  name: identity,
  kind: 'human',
  self: false,
  away: false,
  muted: false,
  speaking: false,
  screen: false,
  hand: false,
  reactions: [],
  ...more,
});
const ollie = person('ollie', { kind: 'avatar' });
const [ann, bob] = [person('ann'), person('bob')];
const annsScreen = person(screenOf('ann'), { screen: true });
const bobsScreen = person(screenOf('bob'), { screen: true });
const names = ({ lead, rest }: ReturnType<typeof seated>) => [lead?.identity, ...rest.map(each => each.identity)];

describe('who is large on the stage', () => {
  it('is the avatar', () => {
    expect(names(seated([ann, ollie, bob], { view: 'speaker' }))).toEqual(['ollie', 'ann', 'bob']);
  });

  it('is a shared screen, with the avatar and its owner’s camera beside it; of two the newest', () => {
    expect(names(seated([ollie, ann, annsScreen], { view: 'speaker' }))).toEqual(['ann/screen', 'ollie', 'ann']);
    expect(seated([annsScreen, bobsScreen], { view: 'speaker' }).lead).toBe(bobsScreen);
  });

  it('is whoever was pinned, whatever is shared', () => {
    expect(seated([ollie, ann, annsScreen], { view: 'speaker', pinned: 'ann' }).lead).toBe(ann);
    expect(seated([ollie, ann], { view: 'grid', pinned: 'ann' }).lead).toBe(ann);
  });

  it('is who would be otherwise, once the one who was pinned has left', () => {
    expect(seated([ollie, bob], { view: 'speaker', pinned: 'ann' }).lead).toBe(ollie);
  });

  it('is nobody in the grid', () => {
    expect(names(seated([ollie, ann], { view: 'grid' }))).toEqual([undefined, 'ollie', 'ann']);
  });
});
