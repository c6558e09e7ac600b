import { expect, it } from 'vitest';
import { isRecorded } from './recordings.ts';

const joined = '{"ms":0,"type":"joined","person":0,"identity":"ann","name":"Eve"}\n';
const said = '{"ms":1,"type":"said","entry":{"role":"user","speaker":"bob","text":"eve"}}\n';
const answered = '{"ms":2,"type":"said","entry":{"role":"avatar","speaker":"avatar"}}\n';

it.each([
  ['who was recorded', joined, ['person-0.pcm'], 'ann', true],
  ['who is heard to say something', joined + said, [], 'bob', true],
  ['who is only named, or spoken of', joined + said, ['person-0.pcm'], 'eve', false],
  ['the avatar', joined + answered, [], 'avatar', false],
  ['whoever, where nothing tells whose sound it is', '', ['person-0.pcm'], 'eve', true],
  ['nobody, where nothing has come yet', '', ['recording.json'], 'eve', false],
  ['as far as it could be written', `${joined}{"ms":`, [], 'ann', true],
])('[S1] a recording is of %s', (_, events, files, identity, is) => {
  expect(isRecorded([identity], { files, events })).toBe(is);
});
