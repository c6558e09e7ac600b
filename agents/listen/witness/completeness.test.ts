import { describe, expect, it } from 'vitest';
import { isBackchannel } from './backchannel.ts';
import { completeness, isNoise } from './completeness.ts';

const FINISHED = [
  'How are you today?',
  'My name is Ann.',
  'I went to the market this morning.',
  'Stop!',
  'Tell me a story.',
  'Is it?',
  'What are you thinking of?',
  'Where do you come from?',
  'I think so.',
  'Yes, I do.',
  'No, it is.',
  'Me too.',
  'Thank you so much.',
  'What is that for?',
  'I would.',
  'Come on!',
  'Not really.',
  'I would like this.',
  'Who are you?',
  'Twenty three.',
  'Ja, das ist gut.',
  'That’s what I mean.',
];
const OPEN = [
  'I went to the market',
  'my name is Ann',
  'tell me a story',
  'good morning',
  'I like cats',
  'yes',
  'one two three',
  'I think so',
  'me too',
  'yes I do',
  'not really',
  'maybe',
  'like that',
  'come on',
  'how is it',
];
const TRAILING = [
  'I would like to go to the',
  'And then I',
  'I went to the market and',
  'I want a',
  'because',
  'It was very',
  'I was thinking about my',
  'We could go with',
  'um',
  'I mean, uh',
  'The thing is,',
  'Well, I was going to...',
  'I was wondering if',
  'He gave it to',
  'There are some',
  'I live in',
  'What I want is:',
  'So basically',
  "I'm",
  "Let's",
  'it is just',
  'I would like to go to the.',
  'First of all –',
  'Between',
  'I’m',
  'They gave me your',
  'the',
];

describe('reading whether an utterance is over', () => {
  it.each(FINISHED)('finished: %s', text => {
    expect(completeness(text)).toBe('finished');
  });
  it.each(OPEN)('could be: %s', text => {
    expect(completeness(text)).toBe('open');
  });
  it.each(TRAILING)('more is coming: %s', text => {
    expect(completeness(text)).toBe('trailing');
  });
  it.each(['', '   ', '...', '?!'])('no words decide nothing: %j', text => {
    expect(completeness(text)).toBe('open');
  });

  it('reads alike in capitals and with white space around', () => {
    expect(completeness('  I WENT TO THE  ')).toBe('trailing');
    expect(completeness('\nHow are you?\n')).toBe('finished');
  });

  it('is quick about very long texts', () => {
    const before = process.cpuUsage();
    completeness('and then I went to the market because '.repeat(2000));
    isBackchannel('mm hmm '.repeat(2000));
    isBackchannel(`${'uhhuhmmhmm'.repeat(2000)}x`);
    for (const unit of ['ahahmm', 'aha', 'mm hmm ', 'okay']) isBackchannel(`${unit.repeat(22)}x`);
    // Of the processor, not of the clock: others may want the machine, too.
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(500);
  });
});

describe('backchannels', () => {
  it.each([
    'Uh-huh.',
    'uh huh',
    'Mm-hmm.',
    'Mhm',
    'Yeah.',
    'yeah yeah yeah',
    'Okay.',
    'OK, right.',
    'Right, I see.',
    'I see.',
    'Wow!',
    'Oh, really?',
    'That’s right.',
    "That's right.",
    'Sure, sounds good.',
    'No way!',
  ])('goes on listening: %s', text => {
    expect(isBackchannel(text)).toBe(true);
  });

  it.each([
    '',
    'No.',
    'Stop.',
    'Wait a moment.',
    'Okay, but what about me?',
    'Yes, tell me more about the sea.',
    'Right, right, right, right, right.',
    'I see a cat.',
    'Really nice weather today.',
    'What?',
    'Good morning.',
  ])('wants to speak: %j', text => {
    expect(isBackchannel(text)).toBe(false);
  });
});

describe('noise', () => {
  it.each(['', '  ', '...', '[laughter]', '(coughs)', '♪ la la ♪', '*sigh*', '?'])('means nothing: %j', text => {
    expect(isNoise(text)).toBe(true);
  });
  it.each(['No.', 'yes', '5', 'привет', 'Hello (again).', '你好'])('means something: %s', text => {
    expect(isNoise(text)).toBe(false);
  });
});
