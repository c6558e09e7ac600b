import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../protocol/limits.ts';
import { RoomName } from '../../protocol/text.ts';
import { mirrorOf } from './seating.ts';
import { consentOf, wishesIn, wishesOf } from './wishes.ts';

describe('a job’s metadata', () => {
  it('name persona and avatar', () => {
    expect(wishesIn('{"persona":"sarah","avatar":"ollie","other":1}')).toEqual({ persona: 'sarah', avatar: 'ollie' });
    expect(wishesIn('')).toEqual({});
  });

  it.each([
    ['no JSON', 'hello', 'they are no JSON'],
    ['no object', '[1]', /^they: /],
    ['a path', '{"persona":"../secret"}', /^persona: /],
    ['another type', '{"avatar":{"a":1}}', /^avatar: /],
    ['too long', `{"persona":"${'a'.repeat(9000)}"}`, /longer than/],
  ])('that are wrong (%s) say so, and nothing else', (_, metadata, wrong) => {
    expect(wishesIn(metadata)).toEqual({ wrong: expect.stringMatching(wrong) });
  });

  it('whatever they are, are read without harm', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), metadata => {
        const { wrong, persona = 'a', avatar = 'a' } = wishesIn(metadata);
        expect([persona, avatar].every(each => /^[\w-]{1,64}$/.test(each))).toBe(true);
        expect(typeof (wrong ?? '')).toBe('string');
      }),
    );
  });
});

describe('somebody’s attributes', () => {
  it('choose persona and avatar, where they are well-formed', () => {
    expect(wishesOf({ 'visavis.persona': 'sarah', 'visavis.avatar': '/etc' })).toEqual({ persona: 'sarah' });
  });

  it('let nothing be noticed unless they say it', () => {
    expect(consentOf({})).toEqual({ feelings: false, sight: false, recording: false });
    expect(consentOf({ 'visavis.consent': 'feelings,recording' })).toEqual({
      feelings: true,
      sight: false,
      recording: true,
    });
    expect(consentOf({ 'visavis.consent': 'all yes true' })).toEqual({
      feelings: false,
      sight: false,
      recording: false,
    });
  });
});

describe('the room that mirrors one of LiveKit’s', () => {
  it('has a name of its own, that no token of ours can have, however long theirs is', () => {
    const long = 'x'.repeat(200);
    const names = ['a', 'b', long, `${long}y`, 'with spaces/and/slashes'].map(mirrorOf);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) {
      expect(name.length).toBeLessThanOrEqual(LIMITS.roomLength);
      expect(RoomName.safeParse(name).success).toBe(false);
    }
    expect(mirrorOf(long)).toBe(mirrorOf(long));
  });
});
