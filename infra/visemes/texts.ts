/** What the voices say. Test sentences share no sentence with the training. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Random } from './random.ts';

export const TEST_SENTENCES = [
  'The birch canoe slid on the smooth planks.',
  'Glue the sheet to the dark blue background.',
  'It is easy to tell the depth of a well.',
  'These days a chicken leg is a rare dish.',
  'Rice is often served in round bowls.',
  'The juice of lemons makes fine punch.',
  'The box was thrown beside the parked truck.',
  'The hogs were fed chopped corn and garbage.',
  'Four hours of steady work faced us.',
  'A large size in stockings is hard to sell.',
  'The boy was there when the sun rose.',
  'A rod is used to catch pink salmon.',
  'The source of the huge river is the clear spring.',
  'Kick the ball straight and follow through.',
  'Help the woman get back to her feet.',
  'A pot of tea helps to pass the evening.',
  'Smoky fires lack flame and heat.',
  'The soft cushion broke the fall of the man.',
  'My mum bought a big brown umbrella, but Bob prefers a map.',
  'Five very brave wolves have visited our village above the valley.',
  'Well, I am not sure what you mean by that.',
  'Thank you so much for coming, it was lovely to see you again.',
];

const FRAMES = [
  'The # and the # # my #.',
  'I would like to # the # before you #.',
  'Could you # me a # from the #?',
  'She was # about # and #, but he had a #.',
  'We have # many # in our #.',
  'Is it a # or a #?',
  'Maybe # can help them with their #.',
  '#, # and #.',
  'My # is # than your #, please believe me.',
  'What a # #!',
  'He bought # for the # man who made a # of it.',
  'No problem, I will # it by #.',
  '# people # up to the # # above.',
  'You never told us how the # came to be #.',
];

/** Everyday words beside the dictionary's odd ones. */
const COMMON =
  `time people way water word number part sound place year back thing man book life help home move mother play small
  end put hand big high land need house try kind change off animal point page letter answer found study learn world
  food below country plant last school father keep tree start city earth eye light thought head story saw left few
  along might close seem next hard open begin paper together got group often run important until children side feet
  car mile night walk white sea began grow took river four carry state once hear stop without second late miss idea
  enough eat face watch far really almost let above girl mountain cut young talk soon list song being leave family
  body music color stand sun question fish area mark dog horse birds problem complete room knew since ever piece told
  usually friends easy heard order red door sure become top ship across today during short better best however low
  hours black products happened whole measure remember early waves reached listen wind rock space covered fast several
  hold himself toward five step morning passed vowel true hundred against pattern numeral table north slowly money map
  farm pulled draw voice seen cold cried plan notice south sing war ground fall king town unit figure certain field
  travel wood fire upon beautiful happy perfect welcome maybe computer number possible probably nothing something
  coffee apple butter pepper baby bubble member remember simple purple movement family tomorrow yellow window`.split(
    /\s+/,
  );

/** English words of the dictionary that soundswallower carries. */
function dictionary(): string[] {
  const folder = path.dirname(createRequire(import.meta.url).resolve('soundswallower'));
  return fs
    .readFileSync(path.join(folder, 'model/en-us/dict.txt'), 'utf8')
    .split('\n')
    .flatMap(line => /^([a-z]{3,9}) /.exec(line)?.[1] ?? []);
}

/** `count` sentences that nobody ever said, the same for the same random numbers. */
export function trainingSentences(count: number, random: Random): string[] {
  const words = dictionary();
  return Array.from({ length: count }, () =>
    random.pick(FRAMES).replace(/#/g, () => (random.next() < 0.6 ? random.pick(COMMON) : random.pick(words))),
  );
}
