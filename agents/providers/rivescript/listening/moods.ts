/** How somebody is, in a few words; and whether they are as bad as they fear. */
import type { Rule } from './turn.ts';

const LOW =
  /^ (?:i am |i feel |feeling )?(?:not (?:so |too |very |really |that )?(?:good|well|great|fine|happy)|could be better|so so|bad|terrible|awful|meh|not great|i have been better|down|miserable|rubbish)(?: today| at the moment| thanks| thank you| really| to be honest)* $/;
const WELL =
  /^ (?:i am |i feel |feeling |doing |i am doing )?(?:very |quite |pretty |really |just )?(?:good|fine|well|great|ok|all right|wonderful|not bad|can not complain)(?: today| thanks| thank you| and you| too)* $/;

/** "Not so good", "fine, thanks". */
export const moods: Rule = ({ known, said, name, manner }, { plain }) => {
  if (LOW.test(plain)) {
    known.heavy ??= known.turn;
    return {
      text: said.fresh([
        `I am sorry to hear that, ${name}. It does not have to be a good day here.`,
        'Then we take it slowly today. I am sorry that it is so.',
        'I am sorry. You can say as much or as little of it as you like.',
      ]),
      emotion: 'sad',
      ask: ['What is weighing on you?', 'Would you like to tell me what happened?'],
    };
  }
  if (!WELL.test(plain) || manner === 'playful') return undefined;
  return {
    text: said.fresh([
      `I am glad to hear that, ${name}.`,
      'That is good to hear. Let us make something of it.',
      'Good. Then the day has a friendly face.',
    ]),
    emotion: 'happy',
    ask: ['What made it so?', 'What is on your mind?'],
  };
};

const DOUBTS =
  / (?:am i|i am|that i was|was i|if i am) (?:just |being |really |too |so |such |a |an )*(?:silly|stupid|bad|crazy|weird|wrong|selfish|terrible|horrible|awful|lazy|boring|ugly|mad|failure|monster|burden|fool|coward|strange|ridiculous|dumb|useless|worthless|unkind|mean|guilty|overreacting|normal|oversensitive)/;

/** "Am I a bad person?" */
export const reassured: Rule = ({ said, known }, { plain, isQuestion }) => {
  if (!isQuestion || !DOUBTS.test(plain)) return undefined;
  const told = known.told.findLast(({ turn }) => turn < known.turn)?.clause;
  return {
    text: said.fresh([
      'No, I do not think so. Whoever asks that of themselves is mostly kinder than they believe.',
      `From what you told me${told === undefined ? '' : `, that ${told},`} I would not say so. You are hard on yourself just now.`,
      'I see no sign of it. It sounds like a heart that takes things seriously.',
    ]),
    whole: true,
  };
};
