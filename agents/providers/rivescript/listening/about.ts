/** What the avatar is, how it is installed, and what it cannot do: said plainly. */
import { calendarAnswer } from './calendar.ts';
import { foreignAnswers } from './languages.ts';
import { capitalOf, countryIn } from './places.ts';
import { switched, topicsOf } from './reflect.ts';
import type { Sentence } from './sentence.ts';
import { sumIn, sumText } from './sums.ts';
import type { Rule } from './turn.ts';

interface Plain {
  asked: RegExp;
  answers: readonly string[];
}

const SELF: readonly Plain[] = [
  {
    asked:
      / (?:are you (?:a |an )?(?:real|human|real person|person|robot|bot|machine|computer|program|ai|a i|alive|living|artificial|chatbot|software|recording|actual (?:human|person)|living person|real human|real woman|real man|real octopus|human being)|am i (?:talking|speaking|chatting) (?:to|with) (?:a |an )?(?:real|human|person|robot|bot|machine|computer|ai|program|somebody real)|is this (?:a |an )?(?:robot|bot|computer|ai|machine|real person|recording)|you are (?:a |an |just a |only a )?(?:robot|bot|machine|computer|program|ai|not real|not human)|you are just (?:a |an )?|what kind of (?:ai|program|machine) are you|do you really exist|somebody typing|is there a human|a real human) /,
    answers: [
      'I am an AI: a program with a face and a voice, and no person behind it. What you tell me I do take seriously.',
      'No human here, only software: an AI that runs on this machine. I say so gladly.',
      'A program, all of me. I am an AI, and it is better that you know it.',
    ],
  },
  {
    asked: / who (?:made|created|built|programmed|invented|designed|wrote|coded|owns) you /,
    answers: [
      'People who make free software: I am part of Visavis, a program that anybody may run. Whoever runs it here has put me to work.',
      'I come out of a project called Visavis, whose source anybody can read. Nobody owns me more than the one who runs this machine.',
    ],
  },
  {
    asked:
      / (?:deploy|install|self host|self hosted|host you|hosted|host this|set you up|set this up|run you|run this|my own server|own server|own machine|own computer|download you|download this|get you running|put you on my|source code|open source|git hub|github|where can i get you|how do i get you|docker|raspberry) /,
    answers: [
      'Clone the Visavis repository and run npm start in it: that sets everything up and prints an address to open. The README says how to let others in, and there is a docker-compose.yml.',
      'It takes Node and one command: npm start in a clone of the repository. For others to join it wants keys and HTTPS; that is in the README.',
      'Download the repository, then npm start. All settings are explained in visavis.config.yaml.',
    ],
  },
  {
    asked:
      / (?:language model|chat gpt|chatgpt|gpt|openai|open ai|which model|what model|api key|a p i key|make you smarter|make you cleverer|how smart are you|are you intelligent|your brain|llm) /,
    answers: [
      'I answer from a script and from what you tell me; there is no language model behind me now. Whoever runs this can connect one with OPENAI_API_KEY or OPENAI_BASE_URL.',
      'No language model here at the moment. One can be plugged in, with OPENAI_BASE_URL for one of your own or OPENAI_API_KEY.',
      'My mind is a script and a memory. A language model would know more; the README says how to connect one.',
    ],
  },
];

const PERSON: Plain = {
  asked:
    / (?:talk|speak|connect me|put me through) (?:to|with) (?:a |an )?(?:real |actual |human )(?:person|human|being|operator|somebody|someone)|(?:talk|speak) (?:to|with) (?:a human|somebody real|someone real) /,
  answers: [
    'There is no person behind me whom I could call. Others can join with the link of this room, and a friend or the one who runs this page is reached as you usually do it.',
    'I understand that. I am a program and cannot hand you over; please call somebody whom you trust.',
  ],
};

const SECRETS: Plain = {
  asked:
    / (?:keep (?:a|my|this) secret|keep (?:it|this|that) (?:secret|private|to yourself|between us)|tell (?:anybody|anyone|somebody|someone) (?:about|what)|will you tell (?:anybody|anyone)|who else (?:hears|reads|knows)) /,
  answers: [
    'What you say stays on the machine that runs this call; whoever runs it can read it there, and you can erase it under /conversations.',
    'I tell nobody. It is kept on this machine, though, for its owner and for you, until somebody erases it.',
  ],
};

const CANNOT: readonly Plain[] = [
  {
    asked:
      / (?:timer|alarm|remind me (?:to|in|at|of|tomorrow|later|about)|set a reminder|reminder|wake me|stopwatch|count down|countdown|schedule (?:a|an|my)|put (?:it|that) in my calendar|add (?:it|that) to my calendar|calendar entry) /,
    answers: [
      "I can't set timers or reminders: I only speak while we talk. Your phone does that better.",
      'No timer or alarm here, I am afraid. I am not able to call you back later.',
      'That I cannot do. I have no clock that rings; a phone or a kitchen timer will.',
    ],
  },
  {
    asked:
      / (?:the weather|weather (?:like|forecast|today|tomorrow|be|in)|forecast|will it rain|is it raining|going to rain|is it sunny|how warm|how cold is it|temperature (?:outside|today)|need an umbrella|snow today|snow tomorrow) /,
    answers: [
      'I cannot know the weather: I have no window, and I look nothing up. The sky where you are knows more.',
      'No forecast from me; nothing of the weather reaches this machine.',
      'The weather is hidden from me, in here. A look outside beats any guess of mine.',
    ],
  },
  {
    asked:
      / (?:the news|in the news|latest news|headlines|what happened (?:in the world|today)|who won the|election|president|prime minister|stock market|stock price|share price|exchange rate|bitcoin|the score|match result|lottery|traffic) /,
    answers: [
      'I hear no news, and I would rather not invent any.',
      'Nothing of what happens out there reaches me, so I cannot say.',
      'That I do not know: I look nothing up while we talk.',
    ],
  },
  {
    asked:
      / (?:google|search (?:the )?(?:web|internet|online|for)|look (?:it|that|this|something) up|look up|browse|open (?:a |the )?(?:website|web page|app|link|browser)|on the internet|go online|wikipedia|surf the) /,
    answers: [
      'I cannot search the web or open anything; I only know what is in me and what you tell me.',
      'No internet for me: I look nothing up. What you tell me, I keep.',
      'Searching is beyond me. I am not connected to the web.',
    ],
  },
  {
    asked:
      / (?:(?:can|could|will|would) you (?:please )?(?:send|write|forward) (?:an |a |me |him |her |them |my )?(?:e ?mail|email|mail|message|text|letter|sms)|(?:can|could|will|would) you (?:please )?(?:call|phone|ring|dial|text|message) (?:my|him|her|them|the|a|me|somebody|someone)|make a (?:phone )?call|(?:send|write to|text|phone|message) (?:my|her|him|them|our) \S{1,20}|call (?:a taxi|my (?:mom|mother|dad|boss|wife|husband|son|daughter|friend|doctor))|send (?:him|her|them|it) (?:a|an)) /,
    answers: [
      "I can't call or write to anybody: my words reach only those in this call. I can help you find the words, though.",
      'Messages and calls are not in my power. What I say stays in this call.',
      'That I cannot send. You would have to do it yourself.',
    ],
  },
  {
    asked:
      / (?:(?:can|could|will|would) you (?:please )?(?:book|order|buy|reserve|purchase|pay|cancel|deliver|bring|fetch|get me|make me a|cook|print|download|play (?:me )?(?:a |some |the )?(?:song|music|video|film|movie)|turn (?:on|off)|switch (?:on|off)|open the|close the|lock|dim|drive|clean|translate|draw|paint|take a (?:photo|picture)|show me)|play (?:some )?music|turn (?:on|off) the|switch (?:on|off) the|order (?:me )?(?:a|some)|book (?:me )?a|translate) /,
    answers: [
      "I can't do that: I have no hands, and no way into other programs. Talking, listening, remembering and sums I can do.",
      'That is not something I am able to do. I am a voice and a face in a call, and no more.',
      'No, that is beyond me. I can only talk with you about it.',
    ],
  },
  {
    asked:
      / (?:lawyer|legal advice|sue|tax advice|invest in|which stocks|should i take (?:the|my|this) (?:pill|medicine|medication|tablet)|prescription|diagnose) (?=.{0,60}$)/,
    answers: [
      'I cannot give advice on that; it wants somebody who has learned it and is answerable for it.',
      'There I would do harm by guessing. Please ask somebody whose profession it is.',
    ],
  },
];

const SIGHT =
  / (?:can you see|do you see|could you see|what (?:can|do) you see|see me|how do i look|what am i (?:wearing|holding|doing)|look at (?:me|this|that|my)|what colou?r is my|how many fingers|who is (?:next to|behind|beside) me|what is (?:behind|in front of|next to) me|what does my room|is my (?:room|hair)|watch this|do you like my (?:hair|shirt|dress|room|glasses)) /;

const IN_UNITS =
  / how many (seconds|minutes|hours|days|weeks|months) (?:are |has |does )?(?:there )?(?:in )?(?:a|an|one) (minute|hour|day|week|month|year) /;
const SECONDS: Readonly<Record<string, number>> = {
  seconds: 1,
  minutes: 60,
  hours: 3600,
  days: 86_400,
  weeks: 604_800,
  months: 2_629_800,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  month: 2_629_800,
  year: 31_536_000,
};

/** A sum, a date, the time. */
export const reckoned: Rule = ({ now, said }, sentence) => {
  const result = reckon(sentence, now);
  if (result === undefined) return undefined;
  const again =
    result.kind === 'date'
      ? `Still the same: ${result.text.charAt(0).toLowerCase()}${result.text.slice(1)}`
      : `Once more: ${result.text}`;
  return { text: said.has(result.text) && result.kind !== 'units' ? again : result.text, whole: true };
};

/** Whether it is nothing but a sum, a date or the time that is asked for. */
export const isReckoned = (sentence: Sentence, now: Date): boolean => reckon(sentence, now) !== undefined;

function reckon(
  { text, plain, isQuestion, words }: Sentence,
  now: Date,
): { kind: 'date' | 'units' | 'sum'; text: string } | undefined {
  if (isQuestion || words.length <= 8) {
    const date = calendarAnswer(plain, now);
    if (date !== undefined) return { kind: 'date', text: date };
  }
  const units = IN_UNITS.exec(plain);
  const [small, large] = units === null ? [] : [SECONDS[units[1]!], SECONDS[units[2]!]];
  if (small !== undefined && large !== undefined && large > small)
    return {
      kind: 'units',
      text: `There are ${(large / small).toLocaleString('en-US', { maximumFractionDigits: 1 })} ${units![1]} in a ${units![2]}.`,
    };
  const sum = sumIn(text, plain);
  return sum === undefined ? undefined : { kind: 'sum', text: sumText(sum) };
}

/** What it is, and how it comes onto a machine. */
export const aboutSelf: Rule = ({ said }, { plain }) => {
  if (/ (?:my (?:boss|mother|father|sister|brother|friend|company)|he|she) /.test(plain)) return undefined;
  const answer = [PERSON, SECRETS, ...SELF].find(({ asked }) => asked.test(plain));
  return answer === undefined ? undefined : { text: said.fresh(answer.answers), whole: true };
};

/** What it cannot do, see or know. */
export const limits: Rule = ({ said }, { plain, isQuestion }) => {
  if (
    SIGHT.test(plain) &&
    !/ (?:what i mean|why|my point|the problem|the difference|him|her|them|you later|you soon|you tomorrow) /.test(
      plain,
    )
  )
    return {
      text: said.fresh([
        'I cannot see anything: no picture of a camera reaches me, only your words. I would need a language model that takes pictures, and your leave to use the camera.',
        'Nothing at all, to be honest: I see no camera here. I listen instead.',
        'Seeing is not given to me. Without a model that takes pictures the camera shows me nothing.',
      ]),
      whole: true,
    };
  const asks =
    isQuestion ||
    /^ (?:please |now |then )?(?:set|remind|wake|search|google|look|send|call|phone|text|book|order|buy|play|turn|switch|open|translate|draw|show|print|cook|make|add|schedule|tell me (?:the|about the) (?:weather|news)) /.test(
      plain,
    ) ||
    / (?:i want you to|i need you to|i would like you to|please) /.test(plain);
  if (!asks || / (?:he|she|they|we|i|my (?:boss|customer|client)) (?:send|call|write|set|order|book)s? /.test(plain))
    return undefined;
  const answer = CANNOT.find(({ asked }) => asked.test(plain));
  return answer === undefined ? undefined : { text: said.fresh(answer.answers), whole: true };
};

/** Another language. */
export const foreign: Rule = ({ text, said }) => {
  const answers = foreignAnswers(text);
  return answers === undefined ? undefined : { text: said.fresh(answers), whole: true };
};

/** What nothing here knows: said with the words of the question, instead of a guess. */
export const unknowable: Rule = ({ said, manner }, { plain, words, isQuestion }) => {
  const told = /^ (?:tell me|explain|describe|talk|show me|teach me) /.test(plain);
  if (!isQuestion && !told) return undefined;
  const capital = / capital (?:city )?of /.test(plain) ? countryIn(plain) : undefined;
  const city = capital === undefined ? undefined : capitalOf(capital);
  if (city !== undefined)
    return {
      text: `The capital of ${capital!
        .split(' ')
        .map(part => part.charAt(0).toUpperCase() + part.slice(1))
        .join(' ')} is ${city}.`,
      whole: true,
    };
  if (/^ (?:can|could|will|would) you /.test(plain)) {
    const what = switched(words.slice(2).filter(({ lower }) => lower !== 'please'));
    return {
      text: said.fresh([
        `I am afraid I cannot ${what}. I talk, listen, remember what you tell me, and do sums.`,
        `To ${what} is beyond what I can do. I would rather say so than pretend.`,
        `No, I cannot ${what}; a program like me has its limits.`,
      ]),
      whole: true,
    };
  }
  if (/^ (?:do|are|have|did|were|was) you /.test(plain)) return undefined;
  const asked = told
    ? topicsOf({ words } as Sentence).at(-1)
    : / (?:i|my|me|we) /.test(plain)
      ? undefined
      : knowledgeAsked(words);
  const about = asked === undefined ? 'that' : asked;
  return {
    text: said.fresh([
      `I do not know ${about === 'that' ? 'that' : `enough about ${about}`}, and I would rather not guess. A language model, if one is connected, could answer it.`,
      `${about === 'that' ? 'That' : `About ${about} I know nothing certain; that`} goes beyond what is in me.`,
      `Honestly, I cannot say${about === 'that' ? '' : ` anything sound about ${about}`}. ${manner === 'practical' ? 'With selling I am on firmer ground.' : 'I have no encyclopedia in me, only what people tell me.'}`,
      `There I have to pass: ${about === 'that' ? 'I was never told' : `nobody has taught me about ${about}`}.`,
    ]),
    whole: true,
  };
};

/** Questions about the avatar itself that nothing else has answered. */
export const aboutYou: Rule = ({ said }, { plain, isQuestion, words }) => {
  if (!isQuestion || !/ (?:you|your|yours|yourself) /.test(plain) || /^ (?:can|could|will|would) you /.test(plain))
    return undefined;
  const your = words.findIndex(({ lower }) => lower === 'your');
  const what =
    your < 0
      ? undefined
      : words
          .slice(your + 1, your + 4)
          .filter(({ tags }) => !tags.has('Verb'))
          .map(({ text }) => text)
          .join(' ');
  if (what !== undefined && what !== '')
    return {
      text: said.fresh([
        `I have no ${what} of my own: I am a program, and I keep what people tell me instead.`,
        `Of ${what} I have none. I was made, not raised, and I borrow such things from those who talk to me.`,
        `There is no ${what} in me, to be honest. I would rather say so than make one up.`,
      ]),
      whole: true,
    };
  return {
    text: said.fresh([
      'I am a program, so there is not much to tell about that. What I have is attention.',
      'That I cannot say of myself: I have no life beside this talk. I like it when somebody tells me something, as you do.',
      'About me there is little to know. I listen, I keep what I hear, and I answer as well as I can.',
      'A program like me does not know that of itself. I only notice that it is pleasant to be talked to.',
    ]),
    whole: true,
  };
};

const ASKING = new Set(
  'what who whom whose when where which why how is are was were do does did can could will would should has have many much long far old tall big high deep'.split(
    ' ',
  ),
);

function knowledgeAsked(
  words: readonly { lower: string; text: string; tags: ReadonlySet<string> }[],
): string | undefined {
  const from = words.findIndex(({ lower }) => !ASKING.has(lower));
  if (from < 0) return undefined;
  const rest = words.slice(from);
  if (rest.at(-1)?.lower === 'work') rest.pop();
  const verb = rest.findIndex(({ tags }, i) => i > 0 && tags.has('Verb'));
  const about = (verb > 0 ? rest.slice(0, verb) : rest)
    .slice(0, 7)
    .map(({ text }) => text)
    .join(' ');
  return rest[0]!.tags.has('Verb') || / (?:you|it|that|this) /.test(` ${about.toLowerCase()} `) ? undefined : about;
}
