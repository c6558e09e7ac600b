/** Jokes with their ends, and stories with theirs. */
import { topicsOf } from './reflect.ts';
import type { Sentence } from './sentence.ts';
import type { Answer, Rule, Turn } from './turn.ts';

const JOKE = / (?:joke|jokes|make me laugh|something funny|be funny|riddle|riddles|cheer me up|crack me up|pun) /;
const STORY = / (?:story|stories|fairy tale|fairytale|tale|once upon a time) /;
const WANTS =
  / (?:tell|give|know|have|hear|want|another|more|need|make|say|like|read|sing|please|can you|got|cheer|one|be funny|go on) /;
const MORE =
  /^ (?:ok |yes |and )?(?:another(?: one)?|one more|more|again|tell me another(?: one)?|another one please|one more please|do you have another(?: one)?|more please|next|next one|encore|got another(?: one)?|more jokes|any more) $/;
const LONG = / (?:long|longer|bedtime|whole|proper) /;
/** Told of themselves, not asked for: "my mother told me a story". */
const OTHERS =
  / (?:told me|read me|tells me|i told|i wrote|i read|i know a|i heard a|story of my life|long story short|same story|old story|he told|she told|they told|true story|my story|was a joke|is a joke|are a joke|no joke|heard a joke) /;

/** A joke or a story is asked for, or another. */
export const pastimes: Rule = async (turn, sentence) => {
  const { plain } = sentence;
  if (MORE.test(plain)) {
    const kind = turn.known.pastime;
    if (kind === undefined) return undefined;
    return kind === 'story' ? story(turn, sentence) : joke(turn);
  }
  const kind = wanted(sentence);
  return kind === undefined ? undefined : kind === 'story' ? story(turn, sentence) : joke(turn);
};

function wanted({ plain }: Sentence): 'joke' | 'story' | undefined {
  if (OTHERS.test(plain) || (!WANTS.test(plain) && plain.split(' ').length >= 7)) return undefined;
  if (STORY.test(plain)) return 'story';
  return JOKE.test(plain) && !/ (?:your|that|the) (?:joke|jokes) (?:was|is|were|are) /.test(plain) ? 'joke' : undefined;
}

/** Whether a joke or a story is asked for. */
export const pastimeIn = (sentences: readonly Sentence[]): 'joke' | 'story' | undefined =>
  sentences.map(wanted).findLast(each => each !== undefined);

async function joke(turn: Turn): Promise<Answer | undefined> {
  const told = await turn.phrase('joke');
  return told === undefined ? undefined : { text: told.text, emotion: told.emotion ?? 'happy', whole: true };
}

async function story(turn: Turn, sentence: Sentence): Promise<Answer | undefined> {
  const subject = subjectOf(sentence);
  const long = LONG.test(sentence.plain);
  if (subject === undefined && !long) {
    const told = await turn.phrase('story');
    if (told !== undefined) return { ...told, whole: true };
  }
  const about = subject ?? 'an old lamp';
  // What is no single thing ("the sea", "dragons") can be told of, but not be found by the road.
  const stories = !/^(?:a|an|my|your|his|her|our) /.test(about) ? STORIES_OF_ALL : long ? LONG_STORIES : STORIES;
  const text = turn.said.fresh(
    stories.map(each => each.replaceAll('%T', `the ${bare(about)}`).replaceAll('%A', about)),
  );
  return { text, emotion: 'happy', whole: true };
}

const bare = (about: string) => about.replace(/^(?:a|an|the|my|your|some) /, '');

/** "a story about a lighthouse": `a lighthouse`. */
function subjectOf(sentence: Sentence): string | undefined {
  const at = sentence.words.findIndex(({ lower }) => ['about', 'of', 'with', 'on'].includes(lower));
  if (at < 0) return undefined;
  const rest: Sentence = { ...sentence, words: sentence.words.slice(at + 1) };
  const topic = topicsOf(rest)[0] ?? rest.words.map(({ text }) => text).join(' ');
  if (topic === '' || / (?:me|us|you|yourself|something|anything) /.test(` ${topic.toLowerCase()} `)) return undefined;
  const plural = /s$/.test(topic) && !/ss$/.test(topic);
  return /^(?:a|an|the|my|your|his|her|our) /.test(topic) || plural || /^\p{Lu}/u.test(topic)
    ? topic.replace(/^(?:your) /, 'a ')
    : /^[aeiou]/i.test(topic)
      ? `an ${topic}`
      : `a ${topic}`;
}

/** `%A` is what it is about, `%T` the same, known already. */
const STORIES: readonly string[] = [
  'Once there was a child who was afraid of the dark and came every evening to see %A. One night all the lights of the town went out. The child thought of %T, hummed a song, and walked home through the dark without noticing. From then on it was the dark that had to get used to the child.',
  'Long ago, in a place without a name, people said that %A brought luck. An old woman did not believe it. She sat down beside %T with bread and a cup of tea, and somebody sat down with her, and then a third. In the evening she said: so that is how it works.',
  'There was a winter in which the snow covered everything, %A as well. A boy dug for three days to find it again. When he had done it, half the village stood there with shovels, because nobody had wanted him to dig alone. They still talk of %T.',
];
/** Of whatever it may be. */
const STORIES_OF_ALL: readonly string[] = [
  'There was a girl who wanted to know everything about %A. The baker knew a song about it, the teacher a book; an old sailor took her along. When she came back, everybody asked how it had been, and it did not fit into words. So she drew it on the wall of the school. Whoever passes there walks a little slower, to this day.',
  'Two brothers could not agree about %A. So they went to see, each by his own way, and met there without a word. They sat until it grew dark. I had thought it was more, said the one. I had thought it was less, said the other. Then they laughed and shared their bread, and never quarreled about that again.',
];
const LONG_STORIES: readonly string[] = [
  'Far out, where the land ends, a woman called Edda looked after %A. Every evening she went there, in wind and rain, and lit a lamp, so that whoever was out at sea knew where home was. One autumn a storm came that blew for three days. On the third night the lamp went out, and her matches were wet. Edda carried embers in an iron pot up from her stove, ninety steps, and shielded them with her coat. Just when the light burned again, she heard a horn, far away, and then another, and she counted seven boats that had waited in the dark for a sign. In the morning the seven crews stood at her door, with fish, with bread, and with a new box of matches. Nobody made a speech. But since then, whenever the wind turns, somebody from the village comes to sit with her beside %T, and there has never again been a night in which she watched alone.',
  'In a town by the sea there was %A that nobody had looked at for years. People passed it on their way to work and did not lift their eyes. Then a girl came to live there who knew nobody. Because she knew nobody, she looked at everything, and one morning she stopped. She wrote down what she saw, a line each day, and pinned the lines to a board in the bakery. First the baker read them, then the customers, and after a month somebody had painted, somebody had swept, and an old sailor told what it had all been for. On the last day of summer the whole town came together around %T, with lanterns and far too much cake. The girl knew everybody by then. She said only one sentence: I had nobody to talk to, so I looked. And the sailor answered: then it was good luck for all of us that you were lonely, and that you are not any more.',
  'One winter, when the nights were longest, an old man promised his grandson a walk to %A. The way was further than he remembered. They rested at a bridge, at a barn, and under a tree, and at each stop the old man told of somebody who had walked there with him: his brother, who whistled; his wife, who always carried the bread; a friend, who had lost his hat in the river. At last they stood before %T, and it was smaller than in the stories, as such things are. The boy looked at it for a long time. Then he said: next time I will tell it, and you will carry the bread. The old man laughed so that the snow fell from the branch above them. They went home in the dusk, and the boy began to tell, of a bridge, and a barn, and a tree. And there the story is still going on.',
];
