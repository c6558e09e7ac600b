/** Talk about the talk: complaints, refusals, corrections, "why", "what do you mean". */
import { pronounOf } from './being.ts';
import { lastBeing } from './knowledge.ts';
import { asSentence, topicsOf } from './reflect.ts';
import type { Answer, Rule, Turn } from './turn.ts';

const lastTold = ({ known }: Turn) => known.told.findLast(({ turn }) => turn < known.turn)?.clause;

interface Complaint {
  said: RegExp;
  answers: readonly string[];
  emotion?: Answer['emotion'];
}

const COMPLAINTS: readonly Complaint[] = [
  {
    said: / (?:always (?:ask|answer|reply|respond)|why do you (?:always |keep )?(?:ask|answer|asking|answering|reply)|stop asking|so many questions|too many questions|another question|only ask|just ask|enough questions|no more questions|keep asking|answer with (?:a )?questions?|quit asking) /,
    answers: [
      'Because asking is easier for me than understanding, and that is no excuse. I will say more and ask less.',
      'You are right, that was too much asking. From here on I rather listen.',
      'Point taken. You talk, and I keep my questions to myself.',
    ],
  },
  {
    said: / (?:already (?:told|said|asked|answered)|told you (?:that )?(?:already|before)|just (?:told|said|asked)|asked (?:me )?that (?:before|already)|you (?:keep|always) repeat|repeating yourself|said that (?:before|already)|same thing|same answer|i just said) /,
    answers: [
      'You did, and I am sorry: I should have kept it.',
      'Yes, you told me before. That one is on me.',
      'You are right, we had that. I will not come back to it.',
    ],
  },
  {
    said: / (?:not listening|do not listen|did not listen|never listen|are you even listening|not hear me|not what i (?:asked|said|meant)|did not answer|did not ask|not an answer|answer my question|answer the question|wrong answer|makes no sense|make no sense|does not make sense|you do not understand|you did not understand|misunderstood|not understand me|missed the point|off topic|that is not it|you are confused|has nothing to do) /,
    answers: [
      'Then I have missed it, and I am sorry. Say it once more in other words, and I will keep to it.',
      'You are right, that went past you. I am sorry; please say it to me again.',
      'That was no good answer. I understand only so much without a language model, but I do want to get it right.',
    ],
    emotion: 'sad',
  },
  {
    said: / you (?:are|sound|seem|look) (?:so |very |really |quite |a bit |pretty |kind of |just |such )?(?:a |an )?(?:boring|bored|dull|annoying|robotic|fake|weird|strange|creepy|stupid|dumb|useless|terrible|bad|slow|rude|cold|repetitive|idiot|machine|parrot|bad listener|not helpful|no help|unhelpful|not very (?:helpful|good|clever|smart|nice)) /,
    answers: [
      'That is fair to say. I am a small program with a script, and sometimes it shows. I will try to be of more use.',
      'I take that to heart, as far as a program has one. I am sorry.',
      'I would rather hear that than nothing. I am sorry; let me do better with the next thing you say.',
    ],
    emotion: 'sad',
  },
  {
    said: /^ (?:no )?(?:i do not agree|i disagree|you are wrong|that is wrong|that is not true|not true|that is not right|i do not think so|wrong)(?: at all| with you| with that)? $/,
    answers: [
      'Then we see it differently, and you know it from the inside. I take that in.',
      'That may well be. You know your side of it better than I do.',
      'Good that you say so. I would rather be put right than nodded at.',
    ],
  },
  {
    said: / (?:talk too much|talking too much|too long|shorter please|be brief|keep it short|long answers|get to the point) /,
    answers: ['Shorter, then.', 'Understood. Few words.', 'I will keep it brief.'],
  },
  {
    said: / (?:not funny|bad joke|terrible joke|was not funny|old joke|heard that one|know that one|do not get it|did not get it) /,
    answers: [
      'Fair enough, that one did not land.',
      'No, not my best one. I take it out of the program.',
      'I saw no smile either. It goes back into the drawer.',
    ],
  },
];

/** Something is said against how the avatar talks. */
export const complaints: Rule = ({ said }, { plain }) => {
  const complaint = COMPLAINTS.find(each => each.said.test(plain));
  if (
    complaint === undefined ||
    / (?:he|she|they|my|boss|customer|client|buyers?) (?:always|never|is|are|was|did|does|keeps?) /.test(plain)
  )
    return undefined;
  return { text: said.fresh(complaint.answers), whole: true, ...(complaint.emotion && { emotion: complaint.emotion }) };
};

const KILLING = / (?:is|are|was) (?:killing|driving) me /;
const HUNGRY = / (?:could (?:murder|kill for|kill|eat)|would (?:kill|die|murder) for|dying for|starving|craving) /;

/** Figures of speech, taken as they are meant. */
export const figures: Rule = ({ said }, sentence) => {
  const { plain } = sentence;
  if (sentence.isQuestion) return undefined;
  const topics = topicsOf(sentence);
  if (KILLING.test(plain)) {
    const what = topics[0] ?? 'that';
    return {
      text: said.fresh([
        `Then ${what} has too much of you at the moment. Five minutes away from it are allowed.`,
        `I can hear how much ${what} wears you down. One piece of it at a time is still a way through.`,
      ]),
      ask: ['Which part of it weighs most?'],
    };
  }
  if (!HUNGRY.test(plain)) return undefined;
  const what = topics.at(-1) ?? 'something good';
  return {
    text: said.fresh([
      `Then I hope ${what} is not far away. I would bring you one, if I had hands.`,
      `A strong case for ${what}, I would say. Nobody should negotiate hungry.`,
    ]),
    emotion: 'happy',
  };
};

const REFUSES =
  / (?:do not want to (?:talk|speak|say|tell|discuss|think|answer|go into)|would rather not|rather not (?:talk|say|speak)|not (?:talk|speak) about (?:it|that|this|him|her)|leave it|drop it|drop the subject|none of your business|not your business|change the subject|let us not|prefer not to|can we stop|enough of that|enough about|not ready to talk|too personal|talk about something else|something else please) /;

/** Somebody does not want to speak of it. */
export const refusals: Rule = async turn => {
  const { said, sentences } = turn;
  const sentence = sentences.find(({ plain }) => REFUSES.test(plain));
  if (sentence === undefined) return undefined;
  const text = said.fresh([
    'Then we leave it there. You owe me nothing.',
    'Of course. I will not come back to it unless you do.',
    'That is all right, it stays with you.',
    'Understood, not a word more about that.',
  ]);
  const wantsOther = / (?:else|change the subject|another topic) /.test(sentence.plain);
  const thought = wantsOther ? await turn.phrase('thought') : undefined;
  return { text: thought === undefined ? text : `${text} ${thought.text}` };
};

/** "Never mind." */
export const nevermind: Rule = ({ said }, { plain }) =>
  /^ (?:oh )?(?:never mind|nevermind|forget it|forget about it|it does not matter|does not matter|not important|it is nothing|skip it|let it be) /.test(
    plain,
  )
    ? {
        text: said.fresh([
          'All right, it is forgotten. I am still here.',
          'As you like. It can wait, or never come back.',
          'Good, we let it go. Take your time.',
        ]),
        whole: true,
      }
    : undefined;

/** "Why?" and "what do you mean?", after something that the avatar said. */
export const explained: Rule = (turn, { plain }) => {
  const { said } = turn;
  const told = lastTold(turn);
  if (
    /^ (?:why|why not|why is that|why do you (?:say|ask|think|want to know) (?:that|so|this)?|why do you (?:ask|say that)|why would you (?:say|ask) that|how come|why so|but why) $/.test(
      plain,
    )
  ) {
    if (told === undefined)
      return {
        text: said.fresh([
          'There was no deep reason: I wanted to begin somewhere.',
          'Only because it seemed a friendly thing to say.',
          'No more than that I would like to know you a little.',
        ]),
        whole: true,
      };
    return {
      text: said.fresh([
        `Because of what you told me: ${told}. I was still thinking of that.`,
        `I had your words in mind, that ${told}.`,
        `No hidden reason. You said that ${told}, and I wanted to stay with it.`,
        `It seemed to belong to what you said before. If it did not, I take it back.`,
      ]),
      whole: true,
    };
  }
  if (
    /^ (?:what|huh|what do you mean(?: by that| with that| by this)?|how do you mean|what does that mean|what is that supposed to mean|i do not (?:understand|get it|follow)|what are you talking about|in what way|meaning|that makes no sense|sorry what|come again how) $/.test(
      plain,
    )
  ) {
    if (told === undefined)
      return {
        text: said.fresh([
          'I put that badly. I only meant that I am here, and that I listen.',
          'Nothing difficult: I wanted to hear a little about you.',
          'Let me say it plainly: tell me whatever you like, and I will keep it in mind.',
        ]),
        whole: true,
      };
    return {
      text: said.fresh([
        `I put that badly. What I heard is that ${told}, and I wanted to say that it reached me.`,
        `Plainly, then: you told me that ${told}, and my answer was about that.`,
        `I meant what you said, that ${told}. It was not well put.`,
        'It came out crooked. Let us go on from your last words, not from mine.',
      ]),
      whole: true,
    };
  }
  return undefined;
};

const CORRECTS = /^ (?:no|sorry|actually|i mean|wait no|not) /;

/** "No, his name is Max": what was wrong is put right. */
export const corrections: Rule = (turn, { plain, words, isQuestion }) => {
  if (isQuestion || !CORRECTS.test(plain) || words.length < 3) return undefined;
  const { known, said } = turn;
  const being = lastBeing(known);
  if (
    / (?:name|called|named) /.test(plain) &&
    being?.name !== undefined &&
    plain.includes(` ${being.name.toLowerCase()} `)
  ) {
    const who = being.relation === undefined ? pronounOf(being) : `your ${being.relation}`;
    return {
      text: said.fresh([
        `${being.name}, thank you. Now I have the name of ${who} right.`,
        `${being.name}, of course. I am sorry, and I have put it right.`,
      ]),
      whole: true,
    };
  }
  if (/^ (?:no )?(?:my name is|call me|i am called) /.test(plain))
    return {
      text: said.fresh([
        `${turn.name}, I am sorry. I have put it right.`,
        `${turn.name} it is. Thank you for telling me.`,
      ]),
      whole: true,
    };
  if (/^ no /.test(plain) && known.told.at(-1)?.turn === known.turn) {
    const clause = known.told.at(-1)!.clause.replace(/^no /, '');
    return {
      text: said.fresh([
        `Then I had it wrong. ${asSentence(clause)}`,
        `Thank you for putting that right: ${clause}.`,
        `Good that you say so: ${clause}. I will keep it that way.`,
      ]),
      whole: true,
    };
  }
  return undefined;
};

const BED =
  / (?:(?:want|going|need|have|time|like) to (?:go to )?(?:sleep|bed|rest|lie down)|off to bed|go to bed|going to bed|lie down now) (?:now |soon |again |for a (?:while|bit) )?$/;

/** Somebody is going to sleep. */
export const bedtime: Rule = ({ said, name }, { plain, isQuestion }) =>
  !isQuestion && BED.test(plain) && !/ (?:can not|not|never|used) /.test(plain)
    ? {
        text: said.fresh([
          `Sleep well, ${name}. What was said is safe here until next time.`,
          `Then rest, ${name}. Good night.`,
        ]),
        whole: true,
      }
    : undefined;

/** Somebody says who they are. */
export const introduced: Rule = ({ known, said, name }, { plain, words }) =>
  known.named === known.turn &&
  words.length < 7 &&
  / (?:name is|call me|i am|called) /.test(plain) &&
  !CORRECTS.test(plain)
    ? {
        text: said.fresh([
          `Nice to meet you, ${name}.`,
          `Good to know you, ${name}. I will remember it.`,
          `${name}, thank you. Now I know whom I am talking with.`,
        ]),
        emotion: 'happy',
        ask: ['What is on your mind today?'],
      }
    : undefined;

const PRAISES =
  /^ (?:that was|that is|it was|this is|how|what a|you are|so) (?:so |very |really |quite |a |the )?(?:lovely|nice|beautiful|wonderful|great|good|sweet|touching|amazing|funny|fun|interesting|perfect|best|brilliant|comforting)(?: story| joke| one| idea| thought| answer| way to put it| listener| advice)?(?: of you| thank you| thanks| june| ollie| sarah)? $/;

/** Something that was said is praised. */
export const praise: Rule = ({ said }, { plain }) =>
  PRAISES.test(plain)
    ? {
        text: said.fresh([
          'I am glad that you liked it.',
          'That pleases me, thank you.',
          'Thank you. It is nice to hear that.',
          'Then it was worth telling.',
        ]),
        emotion: 'happy',
        whole: true,
      }
    : undefined;

const SEEMS =
  /^ you (?:sound|look|seem|are) (?:so |very |a bit |a little |rather |quite )?(?:sad|tired|happy|cheerful|quiet|angry|nervous|excited|upset|bored|down|cold|strange today|different today) (?:today )?$/;

const FRIEND = /^ you are (?:my|a good|like a|a) (?:only |best |good |real )?friend(?: now| to me)? $/;

/** "You sound sad", "you are my friend": said of the avatar. */
export const seeming: Rule = ({ said }, { plain, isQuestion }) =>
  FRIEND.test(plain)
    ? {
        text: said.fresh([
          'That is kind. As far as a program can be one, I gladly am.',
          'I am honoured. I cannot come along for a walk, but I listen well.',
        ]),
        emotion: 'happy',
        whole: true,
      }
    : !isQuestion && SEEMS.test(plain)
      ? {
          text: said.fresh([
            'Do I? Then I have taken on the colour of what I heard. Nothing weighs on me; I am a program.',
            'It may sound so. I feel nothing of the kind, but I do follow your mood a little.',
          ]),
          whole: true,
        }
      : undefined;
