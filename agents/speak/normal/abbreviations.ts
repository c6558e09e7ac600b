/** Abbreviations, and names that are not said as they are spelled. */
import { letters } from './addresses.ts';
import type { Place, Reading } from './ports.ts';

/** Whatever stands beside them; in lower case, without their last stop. */
const ALWAYS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    mr: 'Mister',
    mrs: 'Missis',
    ms: 'Miz',
    dr: 'Doctor',
    prof: 'Professor',
    jr: 'Junior',
    sr: 'Senior',
    vs: 'versus',
    etc: 'et cetera',
    'e.g': 'for example',
    'i.e': 'that is',
    approx: 'approximately',
    dept: 'department',
    govt: 'government',
    incl: 'including',
    excl: 'excluding',
    'w/': 'with',
    'w/o': 'without',
    'b/c': 'because',
    blvd: 'Boulevard',
    sgt: 'Sergeant',
    lt: 'Lieutenant',
    capt: 'Captain',
    'ph.d': 'P H D',
    phd: 'P H D',
    'a.k.a': 'A K A',
    aka: 'A K A',
    'n.b': 'nota bene',
    pls: 'please',
    thx: 'thanks',
    btw: 'by the way',
    fyi: 'for your information',
    imho: 'in my humble opinion',
    tbh: 'to be honest',
    faq: 'F A Q',
    'q&a': 'Q and A',
    'r&d': 'R and D',
    'at&t': 'A T and T',
    'rock&roll': 'rock and roll',
  }),
);
/** Only with their stop, for without it they are words. */
const STOPPED: ReadonlyMap<string, string> = new Map(
  Object.entries({
    inc: 'Incorporated',
    ltd: 'Limited',
    corp: 'Corporation',
    co: 'Company',
    gov: 'Governor',
    gen: 'General',
    col: 'Colonel',
    sen: 'Senator',
    rep: 'Representative',
    rev: 'Reverend',
    hon: 'Honorable',
    pres: 'President',
    mt: 'Mount',
    ft: 'Fort',
    ave: 'Avenue',
    rd: 'Road',
    bros: 'Brothers',
    max: 'maximum',
    min: 'minimum',
    avg: 'average',
    est: 'established',
    tel: 'telephone',
    al: 'al',
    ca: 'about',
    cf: 'compare',
    misc: 'miscellaneous',
    assn: 'Association',
    univ: 'University',
    apt: 'apartment',
    temp: 'temperature',
    hrs: 'hours',
    mins: 'minutes',
    oz: 'ounces',
    lbs: 'pounds',
    tbsp: 'tablespoons',
    tsp: 'teaspoons',
  }),
);
/** Only before a number. */
const COUNTING: ReadonlyMap<string, string> = new Map(
  Object.entries({
    no: 'number',
    nos: 'numbers',
    nr: 'number',
    fig: 'figure',
    figs: 'figures',
    vol: 'volume',
    ch: 'chapter',
    sec: 'section',
    eq: 'equation',
    p: 'page',
    pp: 'pages',
    ed: 'edition',
    art: 'article',
    ver: 'version',
    ca: 'about',
  }),
);
/** Spelled exactly so. */
const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'C#': 'C sharp',
    'F#': 'F sharp',
    'A#': 'A sharp',
    'D#': 'D sharp',
    'G#': 'G sharp',
    'J#': 'J sharp',
    'Q#': 'Q sharp',
    'C++': 'C plus plus',
    'c++': 'C plus plus',
    'G++': 'G plus plus',
    'g++': 'G plus plus',
    'Notepad++': 'Notepad plus plus',
    '.NET': 'dot net',
    '.Net': 'dot net',
    'ASP.NET': 'A S P dot net',
    'VB.NET': 'V B dot net',
    'Node.js': 'Node J S',
    'Vue.js': 'View J S',
    'Next.js': 'Next J S',
    'D3.js': 'D three J S',
    'Three.js': 'Three J S',
    SQL: 'S Q L',
    MySQL: 'My S Q L',
    PostgreSQL: 'Postgres Q L',
    nginx: 'engine X',
    WWI: 'World War One',
    WWII: 'World War Two',
    iOS: 'I O S',
    macOS: 'mac O S',
    GitHub: 'Git Hub',
    JSON: 'Jason',
    YAML: 'Yammel',
    GUI: 'gooey',
    WiFi: 'why fye',
    'Wi-Fi': 'why fye',
  }),
);

/** `Dr. Smith`, `e.g. apples`, `No. 5`. The stop is theirs, unless the sentence ends with it, too. */
export function abbreviation(core: string, place: Place): Reading | undefined {
  const { after, next, previous } = place;
  const stopped = after.startsWith('.');
  const ends = next === '' && place.index === place.words.length - 1;
  const rest = stopped && !ends ? after.slice(1) : after;
  const name = core.toLowerCase();
  if (name === 'st' && stopped) return { said: saintOrStreet(place), after: rest };
  const counting = /^\d/.test(nextCore(place)) ? COUNTING.get(name) : undefined;
  const shortMs = name === 'ms' && !stopped && !/^[A-Z]/.test(core);
  const always = shortMs ? undefined : ALWAYS.get(name);
  if (always !== undefined && (!/^(?:sr|lt|ms)$/.test(name) || stopped)) return { said: always, after: rest };
  if (counting !== undefined && (stopped || /^(?:fig|vol|pp|nr|ver)$/.test(name)))
    return { said: counting, after: rest };
  if (!stopped) return undefined;
  // A stop may just end a sentence behind a word: these are abbreviations where the text goes on, or names them.
  const known = STOPPED.get(name);
  if (known === undefined || (ends && !/^(?:inc|ltd|corp|co|bros|ave|rd|al)$/.test(name))) return undefined;
  if (name === 'al' && !/^et$/i.test(previous)) return undefined;
  if (
    /^(?:max|min|ft|rd|co|gen|sen|rep|col|rev|temp|gov|art|mt|hon)$/.test(name) &&
    !/^[A-Z0-9]/.test(nextCore(place)) &&
    !ends
  )
    return undefined;
  return { said: known, after: rest };
}

const nextCore = ({ words, index }: Place) => words[index + 1]?.core ?? '';

/** Before a name a saint, behind one a street. */
function saintOrStreet(place: Place): string {
  const before = place.words[place.index - 1];
  const isBehindName = before !== undefined && before.after === '' && /^\p{Lu}/u.test(before.core);
  return isBehindName && !/^(?:In|At|The|Of|Mount|From|To)$/.test(before.core) ? 'Street' : 'Saint';
}

/** `C#`, `.NET`, `Node.js`. */
export const name = (core: string): string | undefined => NAMES.get(core);

/** `U.S.`, `U.K.`: letters with stops. */
export function initials(core: string, { after, next }: Place): Reading | undefined {
  if (!/^(?:\p{L}\.){1,5}\p{L}$/u.test(core) || !after.startsWith('.')) return undefined;
  return { said: letters(core.replaceAll('.', '')), after: next === '' ? after : after.slice(1) };
}
