/** What a script answers as well as anybody, and sooner: whole turns that mean one thing only. */

/** Said alone, and first of all. */
const GREETS = /^ (?:(?:hello|hi|hey)(?: there)?|good (?:morning|afternoon|evening)) $/;
const THANKS =
  /^ (?:thanks|thank you|many thanks|thanks a lot|thank you (?:very|so) much|thanks so much|thank you kindly) $/;
const PARTS =
  /^ (?:(?:ok |okay |well )?(?:goodbye|good bye|bye|bye bye|good night)|see you (?:later|soon|tomorrow|next time)) $/;
const HEARD = /^ (?:(?:hello |hi )?(?:can|do) you hear me(?: now| well)?|are you (?:still )?there) $/;
const REPEATS =
  /^ (?:(?:can|could|would) you (?:please )?(?:say|repeat) that(?: again)?(?: please)?|(?:please )?(?:say that again|repeat that)(?: please)?|what did you (?:just )?say|i did not (?:hear|catch) (?:you|that)) $/;
const NAMES = /^ (?:what is your name|what are you called|how are you called) $/;

/** Of these, and figures, consist questions for a sum, a day or the time; one with any other word asks for more. */
const RECKONING = new Set(
  `what is how much many does are make makes equals calculate work out tell me please can you the a of by and times plus
  minus divided multiplied over percent square root half third quarter zero one two three four five six seven eight nine
  ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy
  eighty ninety hundred thousand million time date day days week weeks month year it today tomorrow now right until till
  to too for when long there monday tuesday wednesday thursday friday saturday sunday christmas new halloween hours minutes seconds
  in an hour minute`.split(/\s+/),
);

/** Whether nothing but a sum, a day or the time can be meant. */
export const isReckoning = (plain: string): boolean =>
  plain
    .trim()
    .split(' ')
    .every(word => RECKONING.has(word) || /^[\d.,+*/^x×÷−-]+$/.test(word));

/** Whether the script's answer to these words fits whatever was said before; words as `Sentence.plain` has them. */
export function isCertain(plain: string, { isFirst }: { isFirst: boolean }): boolean {
  if (GREETS.test(plain)) return isFirst;
  return [THANKS, PARTS, HEARD, REPEATS, NAMES].some(kind => kind.test(plain));
}
