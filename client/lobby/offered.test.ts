import { expect, it } from 'vitest';
import type { AvatarEntry } from '../../protocol/portraits.ts';
import type { PersonaList } from '../../protocol/rest.ts';
import { lackingOf } from './offered.ts';

const personas: PersonaList = {
  personas: [{ id: 'ollie', name: 'Ollie', description: '', avatar: 'ollie' }],
  defaultPersona: 'ollie',
  lacking: [],
};
const avatars = [{ id: 'ollie', name: 'Ollie' }] as AvatarEntry[];

it('who a link asks for and is not there is told, with who is there instead', () => {
  expect(lackingOf({ persona: 'nobody' }, personas, avatars)).toEqual([
    'There is nobody called “nobody” here. You meet Ollie instead.',
  ]);
  expect(lackingOf({ avatar: 'gone' }, personas, avatars)).toHaveLength(1);
});

it('nothing is said where all of it is there, or it is not known yet', () => {
  expect(lackingOf({ persona: 'ollie', avatar: 'ollie' }, personas, avatars)).toEqual([]);
  expect(lackingOf({}, personas, avatars)).toEqual([]);
  expect(lackingOf({ persona: 'nobody', avatar: 'gone' }, undefined, undefined)).toEqual([]);
  expect(lackingOf({ persona: 'nobody' }, { ...personas, personas: [] }, avatars)).toEqual([]);
});
