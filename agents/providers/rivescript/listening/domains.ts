/** What people speak of, by its words; and what can be said and asked about it. */
import { type Sentence, stemOf, stemsIn } from './sentence.ts';

export interface Domain {
  words: ReadonlySet<string>;
  /** Said after the person's own words; `%` is what they spoke of. */
  comments: readonly string[];
  asks: readonly string[];
}

const of = (list: string) => new Set(list.split(' ').map(stemOf));

/** Words are stems. The first domain that has most of a sentence's words counts. */
export const DOMAINS: readonly Domain[] = [
  {
    words: of('holiday vacation trip travel journey tour cruise camp camping hotel beach abroad suitcase backpack'),
    comments: [
      'Coming back from somewhere always takes a day longer than the way itself.',
      'A few days elsewhere, and home looks different, too.',
      'The pictures in the head last longest.',
    ],
    asks: ['Which moment of it would you keep?', 'What surprised you there?'],
  },
  {
    words: of(
      'food meal dinner lunch breakfast cook bak bake cake soup bread pasta pizza rice fish sardine cheese fruit recipe kitchen restaurant eat taste delicious grill curry salad chocolate dessert wine coffee tea dumpling pancake',
    ),
    comments: [
      'I cannot taste anything, but I like to hear it told.',
      'Good food stays in the memory like a person.',
      'That sounds like a table one would like to sit at.',
    ],
    asks: ['Who was at the table?', 'Is it as good as it sounds?'],
  },
  {
    words: of(
      'music song sing singer band concert guitar piano violin drum choir dance album jazz orchestra cello flute trumpet opera festival',
    ),
    comments: [
      'Music does what words only try.',
      'There is always one song that belongs to a time.',
      'That is an hour a day well spent.',
    ],
    asks: ['Which piece do you come back to?', 'How did you come to it?'],
  },
  {
    words: of(
      'book read novel author story poem library write writ film movie series cinema show watch theater theatre actor documentary',
    ),
    comments: [
      'A good story goes on after its end.',
      'It says something about people what stays with them of it.',
      'I know such things only by what people tell me, and you tell it well.',
    ],
    asks: ['What was it about?', 'Would you go through it a second time?'],
  },
  {
    words: of(
      'garden plant flower rose tomato vegetable seed tree grow greenhouse balcony herb lawn tulip bloom orchard',
    ),
    comments: [
      'Whatever grows keeps its own time, and that is the good of it.',
      'Earth under the nails is no bad sign.',
      'A garden forgives a good deal.',
    ],
    asks: ['What is growing best this year?', 'How did you learn it?'],
  },
  {
    words: of(
      'football soccer tennis basketball run running marathon swim cycle cycling bike gym yoga hike hiking climb ski sport team match game race train training workout walk jog golf chess surf skate',
    ),
    comments: [
      'The first ten minutes are the price, the rest is the gain.',
      'The body remembers it long after.',
      'That takes more will than it seems.',
    ],
    asks: ['How often do you get to it?', 'What keeps you at it?'],
  },
  {
    words: of(
      'exam test school university college study class lesson homework course degree thesis grade lecture student professor',
    ),
    comments: [
      'Learning something shows only afterwards.',
      'That is work that nobody sees.',
      'One chapter after the other, it does go in.',
    ],
    asks: ['Which part of it do you like?', 'How long does it still go on?'],
  },
  {
    words: of(
      'work job office boss colleague project deadline meeting career salary shift manager interview employ company promotion task',
    ),
    comments: [
      'That fills a day, and some of the evening.',
      'Work is rarely only work.',
      'It makes a difference with whom one does it.',
    ],
    asks: ['How do you get through the long days?', 'What would make it easier?'],
  },
  {
    words: of('wedding marry engaged engagement bride groom ceremony honeymoon'),
    comments: [
      'A wedding turns a whole family upside down, in a good way.',
      'Years later people still tell of one small thing from it.',
      'Two people who dare it: that is always something.',
    ],
    asks: ['Which part of such a day matters most to you?'],
  },
  {
    words: of('baby pregnant born birth grandchild newborn toddler nursery'),
    comments: [
      'Somebody new, and nothing is as it was.',
      'Little sleep and a great deal of wonder, I am told.',
      'That changes everything, mostly for the better.',
    ],
    asks: ['What is the name?', 'How is everybody?'],
  },
  {
    words: of(
      'house flat apartment move mov rent mortgage furniture kitchen renovate renovat paint neighbor neighbour landlord countryside village city town room roof',
    ),
    comments: [
      'A place becomes home slowly, one habit at a time.',
      'So many boxes, and each wants a decision.',
      'Where one lives shapes the day more than one thinks.',
    ],
    asks: [],
  },
  {
    words: of('car drive engine road traffic accident motorway bus bicycle motorbike repair garage licence parking'),
    comments: [
      'Things with wheels choose their moments.',
      'That costs nerves before it costs money.',
      'It is well when everybody is in one piece.',
    ],
    asks: ['How do you get around now?'],
  },
  {
    words: of('rain snow sun sunny storm weather wind cold hot heat summer winter autumn spring cloud fog ice'),
    comments: [
      'Weather gets into everything, moods included.',
      'I have no window, so I take your word for it.',
      'It does make a day longer or shorter.',
    ],
    asks: [],
  },
  {
    words: of('sleep slept tired dream insomnia nap awake bed night nightmare'),
    comments: [
      'Nights have their own size.',
      'A tired day needs smaller plans.',
      'Sleep does not come when it is called; it comes when nobody waits.',
    ],
    asks: ['What goes through your head then?'],
  },
  {
    words: of('money pay price buy bought sell shop cost bill bank debt save saving tax salary expensive cheap invest'),
    comments: [
      'Money is rarely about money alone.',
      'It is good to have looked at the figure itself.',
      'A clear number is already half of the answer.',
    ],
    asks: [],
  },
  {
    words: of(
      'computer phone internet laptop software program code app website game video print printer wifi password robot',
    ),
    comments: [
      'Machines do exactly what one says, which is the trouble.',
      'I am one of those myself, so I keep my voice down.',
      'It usually works the moment somebody else looks at it.',
    ],
    asks: ['What do you use it for?'],
  },
  {
    words: of(
      'paint painting draw drawing photo photograph picture art museum gallery sculpture pottery knit knitting sew sewing craft clay wood carve crochet quilt model collect stamp',
    ),
    comments: [
      "Making something with one's hands leaves a quiet head.",
      'There is patience in that.',
      'Something that was not there before: I like that.',
    ],
    asks: ['What are you making at the moment?', 'How did you begin with it?'],
  },
  {
    words: of('party birthday celebrate celebration christmas easter present gift guest invite invitation anniversary'),
    comments: [
      'The best of such days is often a small moment at the side.',
      'It is the people who make such a day.',
      'Somebody will laugh too loudly, and it will be right.',
    ],
    asks: ['Who will be there?'],
  },
  {
    words: of(
      'doctor hospital medicine pill pain hurt knee back head ill sick flu cold fever operation surgery therapy tooth dentist health injury',
    ),
    comments: [
      'I hope that it gets lighter soon, and that somebody looks after it.',
      'A body that complains wants to be heard, by a doctor if it goes on.',
      'Please take it slowly with that.',
    ],
    asks: ['What has the doctor said?'],
  },
  {
    words: of('friend family cousin relative visit neighbor neighbour together guest reunion community church club'),
    comments: [
      'Good company is worth the trouble.',
      'It matters who is there.',
      'People make the difference, as usual.',
    ],
    asks: ['How long have you known each other?'],
  },
  {
    words: of(
      'animal dog cat bird horse rabbit hamster fish pet puppy kitten bee wildlife zoo chicken squirrel hedgehog',
    ),
    comments: [
      'Animals know more about company than most.',
      'One learns a lot from somebody who does not speak.',
      'They always seem to know when one needs them.',
    ],
    asks: ['What is the funniest thing that happens there?'],
  },
];

/** The domain that a sentence is of. */
export function domainOf(sentence: Sentence): Domain | undefined {
  const stems = stemsIn(sentence.plain);
  const scored = DOMAINS.map(domain => ({ domain, score: stems.filter(stem => domain.words.has(stem)).length }));
  const best = scored.reduce((most, each) => (each.score > most.score ? each : most));
  return best.score > 0 ? best.domain : undefined;
}
