/** Calls that are practised: the avatar plays the buyer, stays in the role, and says afterwards how it went. */
import type { Practice } from './knowledge.ts';
import type { Sentence } from './sentence.ts';
import type { Answer, Rule, Turn } from './turn.ts';

const STARTS =
  / (?:role ?play|roleplay|let us practi[cs]e|want to practi[cs]e|can we practi[cs]e|like to practi[cs]e|practi[cs]e (?:with me|a call|the call|my pitch|a pitch|that|it|now|this|selling|a sale)|pretend (?:to be|you are|that you are)|you are (?:the|a|an|my) (?:[\p{L}]{1,20} )?(?:[\p{L}]{1,20} )?(?:buyer|customer|client|prospect|manager|owner|purchaser|chef|director)|you (?:play|be) (?:the|a|an|my) |be (?:my|the|a) (?:customer|buyer|client|prospect)|play (?:the|a|my) (?:customer|buyer|client|prospect)|act (?:as|like) (?:a|the|my)|simulate|rehearse|train with me|let us train|mock call|test call) /u;
const ENDS =
  / (?:(?:stop|end|finish|leave|quit|pause|break off) (?:the |this |our )?(?:role ?play|roleplay|practi[cs]e|practi[cs]ing|exercise|game|scene|simulation|call|it here|here)|stop (?:now|there|it|here|please|playing)|that is enough|enough (?:now|practi[cs]e|of that|for now|for today)|let us stop|how was i|how did i do|how did that go|was that good|give me feedback|your feedback|feedback please|any feedback|out of (?:the )?role|back to (?:you|normal)|end of (?:the )?(?:role ?play|practi[cs]e|call)|we can stop|i give up|i am done|be (?:yourself|sarah) again|no more practi[cs]e) /;
const STOP_ALONE = /^ (?:stop|enough|the end|cut|end|ok stop|stop please) $/;
const ROLE =
  / you (?:are|play|be|will be|act as)(?: now)? ((?:the|a|an|my) [\p{L} ]{3,40}?)(?: and| who| that| now|,)/iu;
const ROLE_AS =
  / (?:be|play|act as|act like|pretend to be|pretend you are|pretend that you are) ((?:the|a|an|my) [\p{L} ]{3,40}?)(?: and| who| that| now|,)/iu;
/** Of what was said to the buyer, so much is kept. */
const MOST_LINES = 30;

const starts = ({ plain }: Sentence) =>
  STARTS.test(plain) && !/ (?:do not|never|should i|how do i|how to|how can i) /.test(plain);
const ends = ({ plain }: Sentence) => ENDS.test(plain) || STOP_ALONE.test(plain);

/** What a line makes of the practice that goes on; `over` where it ends with it. */
export function practised(
  practice: Practice | undefined,
  sentences: readonly Sentence[],
  text: string,
): { practice?: Practice; over?: Practice } {
  if (practice === undefined) {
    const start = sentences.find(starts);
    return start === undefined ? {} : { practice: { role: roleIn(sentences), lines: [] } };
  }
  if (sentences.some(ends)) return { over: practice };
  if (sentences.some(starts)) return { practice: { role: roleIn(sentences), lines: [] } };
  return { practice: { ...practice, lines: [...practice.lines, text].slice(-MOST_LINES) } };
}

function roleIn(sentences: readonly Sentence[]): string {
  for (const { text } of sentences) {
    const role = (ROLE.exec(` ${text},`) ?? ROLE_AS.exec(` ${text},`))?.[1]?.trim();
    if (role !== undefined) return role.replace(/^my /, 'the ');
  }
  return 'the buyer';
}

const ASKS_AGAIN =
  / (?:how was i|how did i do|do well|did well|do wrong|did wrong|go wrong|do better|improve|feedback|try next|what should i try|was it good|was i good|was that good) /;

interface Objection {
  /** What the seller said that calls for it; absent: whatever it was. */
  after?: RegExp;
  lines: readonly string[];
}

const OBJECTIONS: readonly Objection[] = [
  {
    after:
      / (?:discount|cheaper|lower price|lower the price|lower our price|go down|percent off|special price|for free|reduce|rebate|less money|better price|come down) /,
    lines: [
      'So the first price was not the real one. Now I wonder what else there is to take off.',
      'A discount, already? Then it was too dear before. What do you want for it in return?',
      'Good, I take the discount. And now we talk about the rest.',
    ],
  },
  {
    after:
      / (?:guarantee|warranty|money back|trial|sample|samples|try it|test it|no risk|return them|return it|refund) /,
    lines: [
      'A trial without risk, that I can listen to. Who pays for the way back if we do not like it?',
      'Samples I would look at. But I decide only after our guests, not I, have tried them.',
      'A guarantee is a start. I would want it in writing.',
    ],
  },
  {
    after:
      / (?:other|another|customers|client|clients|hotels|reference|references|study|studies|test|tests|proof|reviews|percent of|years of|works with|work with|already use|already buy) /,
    lines: [
      'Others are not us. But a name that I can call would mean something to me.',
      'That is worth more than a brochure. Give me one whom I may telephone.',
      'Interesting. How many of them ordered a second time?',
    ],
  },
  {
    after:
      / (?:last|lasts|longer|long|twice|quality|better|best|strong|stronger|durable|faster|quicker|saves|save|less work|easier|fresh|fresher|burn|clean|cleaner|safe|safer|organic|natural|handmade|local|unique) /,
    lines: [
      'That you say. What I have now works well enough, and I know what I get.',
      'Fine words, and my people have heard them before. Show me that in figures: what do I save in a year?',
      'That would be something, if it holds. My last supplier promised the same.',
    ],
  },
  {
    after:
      / (?:euro|euros|dollar|dollars|pound|pounds|price|cost|costs|costing|per box|each|expensive|cheap|budget|pay|\d{2,6}) /,
    lines: [
      'That is more than we pay now. Tell me where the difference goes.',
      'My budget for the year is nearly spent. At that price I have to ask upstairs.',
      'For that money I get two from somebody else.',
    ],
  },
  {
    after:
      / (?:sign|order|contract|agree|deal|start with|begin with|next week|meeting|appointment|send you|deliver|delivery|shall we|offer you|when can) /,
    lines: [
      'Not so fast. Put it on one page, and I will look at it on Thursday.',
      'A small first order I could imagine. Ten, not a hundred.',
      'All right: send it with the figures that you named, and call me on Friday.',
    ],
  },
];
const ANSWERS: readonly Objection[] = [
  {
    after: / (?:how many|how much|how often|volume|quantity|per (?:week|month|year)) /,
    lines: ['About forty a week, more in the season.', 'It depends on the month; two hundred in a good one.'],
  },
  {
    after: / (?:supplier|who do you|currently|at the moment|now use|use now|buy from|today) /,
    lines: [
      'We have had the same supplier for six years. He is dull, and on time.',
      'At the moment we buy what the wholesaler brings, and nobody complains.',
    ],
  },
  {
    after:
      / (?:problem|problems|worst|annoy|annoys|annoying|bother|bothers|missing|improve|unhappy|wish|trouble|challenge|difficult|not like|important|matters|matter|need|looking for|care about|priority|like about|dislike|goes wrong|trouble) /,
    lines: [
      'If you ask like that: late deliveries. Twice this spring we stood there with nothing.',
      'What matters to me is that nobody notices it, because it simply works.',
      'Our people spend too much time on it, that is what I would like to be rid of.',
    ],
  },
  {
    after: / (?:budget|spend|pay|price|cost|afford) /,
    lines: [
      'I would rather not put a figure on the table first. Less than last year, says my manager.',
      'We pay about a third less now than what one reads in your list.',
    ],
  },
  {
    after: / (?:decide|decision|decides|who else|boss|approve|manager|owner) /,
    lines: [
      'Up to a thousand I decide alone. Beyond that it goes to the owner.',
      'My manager signs, but she signs what I put before her.',
    ],
  },
  {
    after: / (?:when|soon|date|deadline|start) /,
    lines: ['Before the season would be good, after it I will not need anything.', 'Not before next month.'],
  },
];
/** To a question that nothing else fits. */
const OPEN_ANSWERS = [
  'A fair question. Mostly it has to be there in the morning and give no trouble.',
  'Nobody has asked me that for a long time. I would say: reliability, then price, then the rest.',
  'I would have to think about that. Ask my people, they know it better.',
  'That I do not tell on the first visit. But it is the right question.',
];
const PASSING = [
  'I hear you. But why should I change what works?',
  'We get three such offers a week. What makes yours another one?',
  'And if it does not sell, I sit on it. That is my worry.',
  'I have to ask my colleagues about that. They do not like change.',
  'Half of that I have heard before. Give me one thing that I can check.',
  'Maybe next season. Right now my hands are full.',
  'It sounds nice. Nice is not a reason, though.',
  'I need something that I can show upstairs: one figure, one name.',
  'You talk about your product. I would like to hear about my guests.',
  'Let me be frank: I do not see yet what it changes for me.',
];

/** The role is taken, kept, and left. Only for those who practise. */
export const practice: Rule = turn => {
  const { known, said, manner, sentences, name } = turn;
  if (manner !== 'practical') return undefined;
  if (known.practised?.turn === known.turn) return feedback(known.practised, said.has.bind(said), name);
  const going = known.practice;
  if (going === undefined) {
    const asksAgain =
      known.practised !== undefined &&
      known.turn - known.practised.turn < 6 &&
      sentences.some(({ plain }) => ASKS_AGAIN.test(plain));
    return asksAgain ? feedback(known.practised!, () => true, name) : undefined;
  }
  if (going.lines.length === 0) return opened(going, known.facts.product, said);
  return buyers(turn);
};

function opened({ role }: Practice, product: string | undefined, said: Turn['said']): Answer {
  const what = product === undefined ? 'whatever it is you bring' : `your ${product}`;
  return {
    text: said.fresh([
      `Good: I am ${role} now, until you say stop. So: good morning. I have five minutes, and I am not looking for anything. Tell me why I should look at ${what}.`,
      `All right, I am ${role} from now on; say stop when it is enough. You are the third one today. What is it about ${what} that I do not have already?`,
      `Then I am ${role}; say stop to end it. Come in, sit down. I will be honest, I am content as things are. Convince me of ${what}.`,
    ]),
    whole: true,
  };
}

function buyers({ sentences, said, text }: Turn): Answer {
  const plain = sentences.map(each => each.plain).join('');
  const all = (objections: readonly Objection[]) =>
    objections.filter(({ after }) => after?.test(plain)).flatMap(({ lines }) => lines);
  const greeted = GREETED.test(text.trim()) || (sentences.length === 1 && / thank you for | thanks for /.test(plain));
  const asked = sentences.some(({ isQuestion }) => isQuestion);
  const fits = greeted
    ? ['Good morning. I am listening, but not for long.', 'Good day. You have until my coffee is cold.']
    : asked
      ? [...all(ANSWERS), ...all(OBJECTIONS)]
      : all(OBJECTIONS);
  const fresh = fits.filter(line => !said.has(line));
  const line = fresh[0] ?? said.fresh(asked ? OPEN_ANSWERS : PASSING);
  const echoed = asked || greeted ? '' : echo(sentences, said);
  return { text: `${echoed}${line}`, whole: true };
}

/** The buyer takes up the seller's words: "Twice as long, you say." */
function echo(sentences: readonly Sentence[], said: Turn['said']): string {
  const claim =
    / ((?:twice|three times|half|longer|faster|cheaper|better|\d{1,6}|no|never|only|free)(?: \p{L}{1,12}){1,4})/u.exec(
      sentences.at(-1)!.plain,
    )?.[1];
  if (claim === undefined) return '';
  const words = claim
    .split(' ')
    .filter(
      (word, i, all) =>
        !(
          i === all.length - 1 &&
          ['the', 'a', 'and', 'of', 'than', 'as', 'to', 'in', 'our', 'with', 'for'].includes(word)
        ),
    );
  const short = words
    .join(' ')
    .replace(/ (?:as|than|and|the|of|to|for|in)$/, '')
    .replace(/ (?:as|than|the)$/, '');
  const text = said.fresh([`"${short}", you say. `, `You say "${short}". `, `I heard "${short}". `]);
  return text.charAt(0) === '"' ? `"${short.charAt(0).toUpperCase()}${short.slice(1)}", you say. ` : text;
}

const GAVE_IN = /discount|lower (?:the|our|my) price|percent off|for free\b|cheaper for you|reduce the price/i;
const GREETED = /^(?:hello|hi|hey|good (?:morning|afternoon|day|evening))\b.{0,40}$/i;

interface Strength {
  shown: RegExp;
  praise: string;
  lack: string;
}

const STRENGTHS: readonly Strength[] = [
  {
    shown: /\?/,
    praise: 'you asked "%", and a buyer who talks is half won',
    lack: 'ask what annoys them now, before you argue',
  },
  {
    shown: /\d|twice|half|three times|percent|double/i,
    praise: 'you were concrete with "%"',
    lack: 'give one figure that they can check, such as a saving in a month',
  },
  {
    shown: /guarantee|sample|trial|try|test|refund|risk/i,
    praise: 'you took the risk off the buyer\'s table with "%"',
    lack: 'offer a small step without risk, such as a sample',
  },
  {
    shown: /other (?:hotels|customers|clients)|for example|reference|customer of ours|works with|review/i,
    praise: 'you brought a witness: "%"',
    lack: 'name one customer who is like them, and what changed there',
  },
  {
    shown: /you(?:r)? (?:guests|customers|team|people|staff|rooms|business|company|day)/i,
    praise: 'you spoke of them, not of you: "%"',
    lack: 'say what it does for their guests and people, not only what it is',
  },
  {
    shown:
      /shall we|would you|can we agree|next (?:step|week)|on (?:monday|tuesday|wednesday|thursday|friday)|let us start|appointment|order/i,
    praise: 'you asked for a next step with "%"',
    lack: 'end with a next step, and a day for it',
  },
];

/** What went well, from what was really said, and what to try. */
function feedback({ lines, role }: Practice, has: (text: string) => boolean, name: string): Answer {
  if (lines.length === 0)
    return {
      text: `I am myself again. We had hardly begun, so there are only two things to say: you dared to practise, ${name}, and you stopped in time. One thing to try: start with a question about ${role.replace(/^an? /, 'the ')}'s day.`,
      whole: true,
    };
  const gaveIn = lines.find(each => GAVE_IN.test(each));
  const good = lines.filter(each => !GAVE_IN.test(each) && !GREETED.test(each));
  const shown = STRENGTHS.flatMap(strength => {
    const line = good.find(each => strength.shown.test(each));
    return line === undefined ? [] : [{ strength, line }];
  });
  const quoted = (line: string) => {
    const words = line.trim().split(/\s+/);
    return words.length <= 10 ? line.trim().replace(/[.!]$/, '') : `${words.slice(0, 8).join(' ')} …`;
  };
  const praises = shown.slice(0, 2).map(({ strength, line }) => strength.praise.replace('%', quoted(line)));
  const used = new Set(shown.map(({ strength }) => strength));
  if (praises.length < 2) {
    const other = good.find(line => !shown.slice(0, 2).some(each => each.line === line));
    const kept =
      gaveIn === undefined
        ? 'you stayed with your price when I pushed back'
        : 'you went on after the first no, which most do not';
    praises.push(
      other === undefined
        ? kept
        : other.split(/\s+/).length <= 12
          ? `you were short: "${quoted(other)}" leaves the buyer room to answer`
          : `you kept to your point with "${quoted(other)}"`,
    );
  }
  if (praises.length < 2) praises.push('you answered calmly, and did not run away from my doubts');
  const lack =
    (gaveIn === undefined ? undefined : `before you say "${quoted(gaveIn)}", ask what it would be worth to them`) ??
    STRENGTHS.find(strength => !used.has(strength))?.lack ??
    'be silent for three seconds after your best sentence, and let the buyer answer';
  const text = `I am Sarah again. Two things went well: ${praises[0]}; and ${praises[1]}. One thing to try: ${lack}.`;
  return {
    text: has(text) ? `Once more, in short: ${praises[0]}. Next time, ${lack}.` : text,
    emotion: 'happy',
    whole: true,
  };
}
