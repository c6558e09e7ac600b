/** Good news, bad news, burdens, and somebody new: answered with what was said, as what it is. */
import { callOf } from './being.ts';
import { theirs } from './grief.ts';
import { asSentence, capital, clauseOf } from './reflect.ts';
import { isAnimal } from './relations.ts';
import type { Sentence } from './sentence.ts';
import type { Answer, Rule, Turn } from './turn.ts';

interface News {
  told: RegExp;
  /** `%` is what happened, as a clause. */
  says: readonly string[];
  asks?: readonly string[];
}

const BAD: readonly News[] = [
  {
    told: / (?:ran away|run away|ran off|went missing|is missing|has been missing|got lost|did not come home|disappeared) /,
    says: [
      'Not knowing is the worst of it. Most come back, often from closer by than one thinks.',
      'That is a worry that listens at every door. I hope for good news soon.',
    ],
    asks: ['Who is helping you to look?'],
  },
  {
    told: / (?:lost (?:my|his|her|their|our) job|got fired|was fired|been fired|laid off|let me go|made redundant|got sacked|unemployed|out of work) /,
    says: [
      'I am sorry. A job is more than money: it takes a piece out of the week.',
      'That is a blow, and it says less about the person than about the firm. I am sorry.',
    ],
    asks: ['When did you hear of it?'],
  },
  {
    told: / (?:broke up|breaking up|broken up|split up|dumped me|left me|cheated|divorce|divorced|divorcing|separated|separating|getting a divorce|leaving me) /,
    says: [
      'I am sorry. When two people part, even the quiet evenings have to be learned anew.',
      'That hurts, whoever said the words. I am sorry that it came to this.',
    ],
    asks: ['Is somebody with you these days?'],
  },
  {
    told: / (?:cancer|dementia|alzheimers|stroke|heart attack|diagnosed|diagnosis|hospital|surgery|operation|intensive care|seriously ill|very ill|very sick|terminal|hospice|dying|broke (?:my|his|her|their) (?:arm|leg|hip|wrist|foot|ankle|hand|finger|nose|collarbone|rib)|is ill|is sick|pneumonia|chemo|chemotherapy|miscarriage|sick with) /,
    says: [
      'I am sorry to hear it. Waiting beside an illness is work, too.',
      'That is a worry one carries around all day. I am sorry.',
      'I hope very much that it turns out well, and that you are looked after meanwhile.',
    ],
    asks: ['What do the doctors say?'],
  },
  {
    told: / (?:failed|did not pass|did not get the|did not get it|was rejected|got rejected|rejected me|turned me down|turned down|did not win|lost the match|lost the game|came last|did not make it|flunked|not accepted|was not chosen) /,
    says: [
      'That is disappointing, and it is all right to be annoyed for a day. It was worth the try.',
      'I am sorry. One no is one answer on one day, and no verdict.',
      'A pity, after all that work. It can still be of use, though not today.',
    ],
    asks: ['Is there a second try?'],
  },
  {
    told: / (?:stolen|stole my|robbed|burgled|broke in|broke into|broken into|burglary|scammed|hacked|mugged) /,
    says: [
      'How mean. It is not the thing alone, it is that somebody simply took it. I am sorry.',
      'I am sorry. That makes one feel less safe than a lock can mend.',
    ],
    asks: ['Have you told the police?'],
  },
  {
    told: / (?:accident|crashed|crash|crashed into|flooded|flood|burned down|burnt down|fire|broke down|broken down|leaking|evicted|kicked out) /,
    says: [
      'What a fright. I hope nobody is hurt, and that help is on its way.',
      'Oh no. First the shock, and then all the telephoning. I am sorry.',
    ],
    asks: ['Is everybody all right?'],
  },
  {
    told: / (?:yelled at|shouted at|screamed at|argued|argument|quarrel|quarrelled|fight with|had a fight|fell out|falling out|bullied|bullying|insulted|ignored me|laughed at me|lied to|betrayed|stood me up|hung up on me|forgot my birthday) /,
    says: [
      'That stings, and longer than the moment lasts. %: nobody should have to swallow that.',
      'I understand that it goes round in your head. It was not a kind thing to happen.',
      'No wonder that it follows you home.',
    ],
    asks: ['What would you have liked to say?'],
  },
  {
    told: / (?:bad news|terrible day|awful day|bad day|horrible day|worst day|rough day|hard day|everything went wrong|nothing works|cancelled|canceled|was late|is late|were late|missed the|missed my|stuck in|delayed|broke my|lost my|spilled|ruined|burned the|burnt the|in debt|can not pay|can not sleep|can not afford|stressful|exhausting|nightmare) /,
    says: [
      'What a day. I am sorry.',
      'That is annoying, and a sigh is quite in order.',
      'Such days exist, and they end in the evening, at least.',
      'I am sorry. That is the sort of thing nobody has room for.',
    ],
    asks: [],
  },
];

const GOOD: readonly News[] = [
  {
    told: / (?:got promoted|was promoted|been promoted|promotion|got a raise|got the job|got a new job|new job|was hired|got hired|job offer) /,
    says: ['Congratulations! Somebody has noticed what you can do.', 'Well done! That was earned, and not given.'],
    asks: ['Whom did you tell first?'],
  },
  {
    told: / (?:passed|graduated|got an a|top of|full marks|got my degree|got my license|got my licence|accepted me|was accepted|got accepted|got into|got in to) /,
    says: [
      'Congratulations! All that work has come to something.',
      'Bravo! That is a door that nobody can close again.',
    ],
    asks: ['How will you celebrate it?'],
  },
  {
    told: / (?:engaged|got married|just married|is getting married|are getting married|am getting married|wedding is|marries|marry|proposed) /,
    says: [
      'How lovely! Two people who say yes: my congratulations.',
      'That is wonderful news. May the day have good weather and few speeches.',
    ],
    asks: ['What are you looking forward to most?'],
  },
  {
    told: / (?:pregnant|expecting a|had a baby|had a son|had a daughter|was born|is born|became a (?:mother|father|grandmother|grandfather|grandma|grandpa|dad|mom|uncle|aunt)|new baby|first grandchild) /,
    says: ['How wonderful! Welcome to the little one.', 'A new person in the world: congratulations!'],
    asks: ['What is the name?'],
  },
  {
    told: / (?:won|first place|first prize|gold medal|finished my|finally finished|finished the|ran a marathon|made it|did it|succeeded|record|published|closed (?:a|the|my|our) (?:\w{1,12} )?deal|landed (?:a|the)|new client|new customer|big order|signed (?:the|a) |they signed|said yes|bought a house|bought our|paid off|cancer free|recovered|is better|feels better|all clear|got well|found my|found him|found her|found them|found it|came back) /,
    says: [
      'Wonderful! That is worth being proud of.',
      'What good news! I am glad with you.',
      'Well done! I like how that turned out.',
    ],
    asks: ['How did it feel, in that moment?'],
  },
  {
    told: / (?:my birthday|birthday today|turned \d{1,3} today) /,
    says: [
      'Happy birthday! I hope the day is kind to you.',
      'Congratulations on your birthday! May it have cake in it.',
    ],
    asks: ['How do you spend the day?'],
  },
  {
    told: / (?:good news|great news|wonderful news|best day|amazing day|lucky|so happy|over the moon|fell in love|falling in love|in love with|have a date|first date|got a puppy|got a kitten|adopted) /,
    says: ['How good to hear! I am glad with you.', 'That is lovely. Such things want to be told to somebody.'],
    asks: ['How did it come about?'],
  },
];

const NEGATED_GOOD =
  / (?:not|never|nobody|did not|has not|have not|wish|hope|hoping|want to|would like to|trying to|if|almost|nearly|afraid|worried) /;

/** Something hard is told. */
export const badNews: Rule = (turn, sentence) => {
  const { plain } = sentence;
  if (
    sentence.isQuestion ||
    / (?:not|never|no) (?:have |got |been |in )?(?:the )?(?:cancer|hospital|stolen|accident|fire) /.test(plain)
  )
    return undefined;
  const news = BAD.find(({ told }) => told.test(plain));
  if (news === undefined) return undefined;
  const clause = clauseOf(sentence, namesIn(turn, sentence));
  return reported(turn, news, clause, 'sad', `I am sorry that ${clause}.`);
};

/** Something good is told. */
export const goodNews: Rule = (turn, sentence) => {
  const { plain } = sentence;
  if (sentence.isQuestion || NEGATED_GOOD.test(plain)) return undefined;
  const news = GOOD.find(({ told }) => told.test(plain));
  if (news === undefined) return undefined;
  const clause = clauseOf(sentence, namesIn(turn, sentence));
  const said = reported(turn, news, clause, 'happy', `How good that ${clause}.`);
  const being = theirs(turn, sentence)?.find(({ dead }) => !dead);
  const mine = / (?:i|we|my birthday|me) /.test(plain);
  return being !== undefined && !mine && /^Congratulations|^Well done|^Bravo|^Wonderful/.test(said.text)
    ? {
        ...said,
        text: `${capital(callOf(being))} can be proud: ${clause ?? 'that is good news'}. Please pass on my congratulations.`,
      }
    : said;
};

/** Whom pronouns mean in a sentence that names somebody, or means them. */
export const namesIn = (turn: Turn, sentence: Sentence) => {
  const being = theirs(turn, sentence)?.[0];
  const call = being === undefined ? undefined : callOf(being);
  return call === undefined ? {} : { he: call, she: call, it: call };
};

function reported(
  { said }: Turn,
  news: News,
  clause: string | undefined,
  emotion: 'sad' | 'happy',
  lead: string,
): Answer {
  const text = said.fresh(news.says);
  const what = clause === undefined ? undefined : capital(clause);
  if (text.includes('%'))
    return { text: text.replace('%', what ?? 'That'), emotion, ...(news.asks && { ask: news.asks }) };
  const short = clause !== undefined && clause.split(' ').length <= 14;
  // What was said goes first, in its words; a name where it is about the person alone.
  const opened = short
    ? `${lead} ${text
        .replace(/ I am sorry\.$/, '')
        .replace(/^I am sorry\. /, '')
        .replace(/^I am sorry to hear it\. /, '')}`
    : text;
  return { text: opened, emotion, ...(news.asks && { ask: news.asks }) };
}

const BURDEN =
  / (?:breaks? my heart|broke my heart|nobody (?:visits|calls|cares|likes|listens|comes|understands|helps|wants|loves|talks)|no one (?:visits|calls|cares|likes|listens|comes|understands|helps)|do not know (?:what to (?:say|do)|how to go on|where to turn|any more)|does not (?:know|recogni[sz]e|remember) (?:me|my name|who i am)|can not (?:cope|go on|take it|do this|bear it|stand it|breathe|face|forgive|get over|concentrate|stop (?:crying|thinking|worrying))|too much for me|hopeless|worthless|a failure|hate myself|regret|guilty|ashamed|embarrassed|so hard|is hard|was hard|very hard|difficult for me|struggling|been crying|cried|in tears|all alone|feel empty|useless|my fault|overwhelming|no strength|give up on|so much pressure|under pressure|hurts so|feel (?:stupid|ugly|useless|invisible|trapped|lost|awful|terrible|bad about|like a failure|so alone)|i cry|crying|do not want to choose|have to choose|keeps? me awake|can not sleep|bored) /;

/** Something that weighs on somebody, without being news. */
export const burdens: Rule = (turn, sentence) => {
  const { said, known } = turn;
  if (sentence.isQuestion || !BURDEN.test(sentence.plain)) return undefined;
  known.heavy ??= known.turn;
  const clause = clauseOf(sentence, namesIn(turn, sentence));
  const what = clause === undefined || clause.split(' ').length > 12 ? 'That is a lot.' : asSentence(clause);
  return {
    text: said.fresh([
      `${what} That is hard, and I am glad that you say it instead of carrying it alone.`,
      `${what} There is no quick word against that, so I simply stay here with you.`,
      `${what} Anybody would feel the weight of it.`,
      `${what} It says how much it matters to you, and nothing bad about you.`,
    ]),
    emotion: 'sad',
    ask: ['Is there somebody near you who knows of it?', 'When is it a little lighter?'],
  };
};

const NAMES = / (?:name is|name was|is called|is named|are called) /;

/** Somebody has an animal, or somebody new comes up. */
export const introductions: Rule = (turn, sentence) => {
  const { known, said } = turn;
  const being = theirs(turn, sentence)?.find(
    ({ dead, since }) => !dead && (since === known.turn || NAMES.test(sentence.plain)),
  );
  if (being === undefined || sentence.isQuestion) return undefined;
  const { plain } = sentence;
  const others = known.beings.filter(each => each.since === known.turn && each.name !== undefined);
  if (others.length > 1) {
    const names = new Intl.ListFormat('en').format(others.map(({ name }) => name!));
    return {
      text: said.fresh([`${names}: I will remember them all.`, `${names}. Now I know whom you mean.`]),
      emotion: 'happy',
      ask: [`What are ${names} like?`],
    };
  }
  const animal = being.relation !== undefined && isAnimal(being.relation);
  const named =
    being.name !== undefined && (plain.includes(` ${being.name.toLowerCase()} `) || plain.includes(' name '));
  const only =
    sentence.words.length <= 9 &&
    (/ (?:have|got|has|own|called|named|name|thinking of|about) /.test(plain) || sentence.words.length <= 4);
  if (!only) return undefined;
  if (named) {
    const who = being.relation === undefined ? '' : `, your ${being.relation}`;
    return {
      text: said.fresh([
        `${being.name}${who}: I will remember that.`,
        `${being.name}, a name to keep. Now I know whom you mean.`,
        `Then I know who ${being.name} is, from now on.`,
        `${being.name}. That is easy to remember.`,
      ]),
      emotion: 'happy',
      ask: [
        `What is ${being.name} like?`,
        animal ? `How did you come by ${being.name}?` : `When did you see ${being.name} last?`,
      ],
    };
  }
  const call = callOf(being);
  if (being.name !== undefined) return undefined;
  return {
    text: said.fresh([
      animal
        ? `A ${being.relation}! That keeps a home alive.`
        : `${capital(call)}, then. I am glad that you speak of them.`,
      `So there is ${call.replace('your', animal ? 'a' : 'your')}. I would like to hear more.`,
    ]),
    emotion: 'happy',
    ask: [animal ? 'What is its name?' : `What is ${call} called?`],
  };
};
