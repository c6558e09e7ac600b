/** Marks in what a model writes that are not for the listener: each function looks at what a text begins with. */

/**
 * What is to be done with the beginning of a text: `text`, it is said; `wait`, more is needed to tell; or so many
 * characters are cut. Then `hide`: what follows is left out up to where `closing` finds an end; `forget`: what came
 * before was left out, too, had it been known; `over`: nothing more is said; `label`: it named who speaks; `act`: it did
 * something without a word.
 */
export type Look =
  | 'text'
  | 'wait'
  | { cut: number; what?: 'forget' | 'over' | 'label' | 'act' }
  | { cut: number; what: 'hide'; closing: Closing };
/** Where, behind its end, a text is for the listener again; undefined: not in this text. */
export type Closing = (text: string) => number | undefined;

/** Between such tags a model thinks. */
const THOUGHT =
  /^(?:think|thinking|thoughts?|reasoning|reason|reflection|reflect|scratchpad|analysis|inner_?monologue|internal(?:_?monologue)?|plan)$/i;
/** Between such tags it calls what it was not given, or makes up what that says. */
const CALL =
  /^(?:tool_?calls?|tool_?code|tool_?(?:response|output|result)s?|tool_?use|function(?:_?calls?)?|invoke|call)$/i;
/** After one of these the turn is over; what a model writes on is somebody else's. */
const TURN_END = /^(?:im_end|eot_id|eot|eom_id|endoftext|end_of_text|end_of_turn|end▁of▁sentence|eos|return|s)$/i;
/** Tags that stand for no text at all. */
const TOKEN =
  /^(?:s|bos|eos|unk|pad|sep|cls|mask|begin_of_text|im_start|assistant|response|answer|output|final|message)$/i;
/** Longer things in brackets are something else. */
const LONGEST_TAG = 112;
const LONGEST_HEADER = 200;
const LONGEST_ACTION = 80;

const isHidden = (name: string) => THOUGHT.test(name) || CALL.test(name);

/** Finds the end of the first match. */
const behind =
  (pattern: RegExp): Closing =>
  text => {
    const match = pattern.exec(text);
    return match === null ? undefined : match.index + match[0].length;
  };
/** `</think>`, `◁/think▷`. */
const endTag: Closing = text => {
  for (const match of text.matchAll(/[<◁]\/([\p{L}\d_]{1,40})[^<>◁▷]{0,20}[>▷]/gu))
    if (isHidden(match[1]!)) return match.index + match[0].length;
  return undefined;
};
const endBracket = behind(/\[\/(?:THINK|THOUGHT|REASONING)\]/);
const endComment = behind(/-->/);
const endToken = behind(/<[|｜][^<>|｜]{0,40}(?:end|close|\/)[^<>|｜]{0,20}[|｜]>/i);
/** Of a channel that is not for the listener (OpenAI's Harmony). */
const endChannel = behind(
  /<[|｜](?:end|start|channel|return)[|｜]>(?:assistant)?(?:<[|｜]channel[|｜]>final)?(?:<[|｜]message[|｜]>)?/i,
);

/** `<think>`, `</s>`, `<|im_end|>`, `[INST]`. @param last nothing more comes */
export function tagAt(text: string, last: boolean): Look {
  if (text[0] === '[') return bracketAt(text, last);
  if (text.startsWith('<!--')) return { cut: 4, what: 'hide', closing: endComment };
  if (!last && '<!--'.startsWith(text)) return 'wait';
  const match = /^[<◁](\/?)([|｜]?)([\p{L}\d_▁-]{1,40})(?:[^<>◁▷\n|｜]{0,80})?[|｜]?[>▷]/u.exec(text);
  if (match === null) {
    const begun = /^[<◁](?:\/?[|｜]?(?:[\p{L}_][^<>◁▷\n]*)?)?$/u.test(text);
    return !last && begun && text.length < LONGEST_TAG ? 'wait' : 'text';
  }
  const [whole, slash, bar, name = ''] = match;
  const cut = whole.length;
  if (bar !== '') return tokenAt(text, cut, name, last);
  if (isHidden(name)) {
    if (slash === '') return { cut, what: 'hide', closing: endTag };
    // A thought that had not begun ends; of a call that is nested, only its end is left.
    return THOUGHT.test(name) ? { cut, what: 'forget' } : { cut };
  }
  if ((slash !== '' && name === 's') || /^end_of_turn$/i.test(name)) return { cut, what: 'over' };
  if (/^start_of_turn$/i.test(name)) return roleAt(text, cut, last);
  return TOKEN.test(name) ? { cut } : 'text';
}

/** `<|channel|>analysis<|message|>` begins what is not for the listener. */
function tokenAt(text: string, cut: number, name: string, last: boolean): Look {
  if (TURN_END.test(name)) return { cut, what: 'over' };
  if (/^(?:start|channel|im_start|start_header_id)$/i.test(name)) {
    const header = /^<[|｜][^<>\n]{1,40}[|｜]>[\s\S]{0,60}?<[|｜](?:message|end_header_id)[|｜]>\s*/.exec(text)?.[0];
    if (header === undefined) {
      const waits = !last && text.length < LONGEST_HEADER && !/^im_start$/i.test(name);
      return waits ? 'wait' : roleAt(text, cut, last);
    }
    return /analysis|commentary/.test(header)
      ? { cut: header.length, what: 'hide', closing: endChannel }
      : { cut: header.length };
  }
  if (/tool|function|thought|think/i.test(name) && !/end|close/i.test(name))
    return { cut, what: 'hide', closing: endToken };
  return { cut };
}

/** A mark that a role stands behind, on the same line: both go. */
function roleAt(text: string, cut: number, last: boolean): Look {
  const [role, lineEnd] = /^\w{0,16}(\n?)/.exec(text.slice(cut))! as unknown as [string, string];
  if (lineEnd === '' && !last && cut + role.length === text.length) return 'wait';
  return { cut: cut + (lineEnd === '' ? 0 : role.length) };
}

/** `{"name": "order", "arguments": {…}}`, alone or in a list: a call as a model writes it that knows no other way. */
export function callAt(text: string, last: boolean): Look {
  if (/^(?:\[\s{0,8})?\{\s*"(?:name|tool|tool_name|function|action)"\s*:/.test(text))
    return { cut: 0, what: 'hide', closing: endBraces };
  return !last && /^(?:\[\s{0,8})?(?:\{\s*(?:"\w{0,12}(?:"\s*)?)?)?$/.test(text) ? 'wait' : 'text';
}

/** Behind the brace or bracket that closes the first; strings may hold others. */
const endBraces: Closing = text => {
  let [depth, quoted] = [0, false];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (quoted && character === '\\') i++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '{' || character === '[')) depth++;
    else if (!quoted && (character === '}' || character === ']') && --depth === 0) return i + 1;
  }
  return undefined;
};

function bracketAt(text: string, last: boolean): Look {
  const match = /^\[(\/?)([A-Z_]{2,20})\]/.exec(text);
  if (match === null) return !last && /^\[\/?[A-Z_]{0,20}$/.test(text) ? 'wait' : 'text';
  const [{ length: cut }, slash, name = ''] = match;
  if (name === 'TOOL_CALLS') return { cut, what: 'over' };
  if (/^(?:THINK|THOUGHT|REASONING)$/.test(name))
    return slash === '' ? { cut, what: 'hide', closing: endBracket } : { cut, what: 'forget' };
  return name === 'INST' || name === 'SYS' ? { cut } : 'text';
}

/**
 * `Ollie:`, `**Ollie:**`, `Ollie (smiling):` at the beginning of a line.
 * @param own names of who speaks, in lower case
 * @param others names of who else does: where one of theirs begins, it is not the avatar any more
 */
export function labelAt(text: string, own: readonly string[], others: readonly string[], last: boolean): Look {
  const match = /^\s*[*_[]{0,3}([^\n:：*_[\]()<]{1,40})[*_\]]{0,3}(?: ?\([^\n()]{0,40}\))?[:：][*_]{0,3}[^\S\n]*/.exec(
    text,
  );
  if (match !== null) {
    const [{ length: cut }, told = ''] = match;
    const name = told
      .trim()
      .toLowerCase()
      .replace(/ (?:says|said)$/, '');
    if (own.includes(name) && !/^\d/.test(text.slice(cut))) return { cut, what: 'label' };
    return others.includes(name) ? { cut, what: 'over' } : 'text';
  }
  if (last) return 'text';
  // Only as long as it may still become one of them.
  const begun = text.replace(/^\s*[*_[]{0,3}/, '').toLowerCase();
  if (begun === '' && text.length < 8) return 'wait';
  const after = /^[*_\]]{0,3} ?(?:\([^\n()]{0,40}\)?|s|sa|say|says|sai|said)?[*_:：]{0,3}$/;
  const may = [...own, ...others].some(
    name => name.startsWith(begun) || (begun.startsWith(name) && after.test(begun.slice(name.length))),
  );
  return may ? 'wait' : 'text';
}

/** Lines of a model that is told to think aloud, up to their end; where it says what it came to, only that name. */
const STEP = /^\s{0,8}(Thought|Action(?: Input)?|Observation|Final Answer):[^\S\n]*/;
const STEPS = ['Thought:', 'Action:', 'Action Input:', 'Observation:', 'Final Answer:'];
/** Headings of the parts of a prompt, `### Response:`. */
const PART =
  /^\s{0,8}#{2,3} (Response|Assistant|Answer|Output|Instruction|Input|Human|User|System)(?::[^\S\n]*|(?=\n))/i;
const endLine = behind(/\n/);

/** `Thought: …`, `### Response:` at the beginning of a line. @param isFirst nothing was said before */
export function stepAt(text: string, isFirst: boolean, last: boolean): Look {
  const [step, name] = STEP.exec(text) ?? [];
  if (step !== undefined)
    return name === 'Final Answer' ? { cut: step.length, what: 'label' } : { cut: 0, what: 'hide', closing: endLine };
  const [part, whose = ''] = PART.exec(text) ?? [];
  if (part !== undefined)
    return /^(?:Response|Assistant|Answer|Output)$/i.test(whose) || isFirst
      ? { cut: part.length, what: 'label' }
      : { cut: part.length, what: 'over' };
  if (last) return 'text';
  const begun = text.trimStart();
  const may = STEPS.some(each => each.startsWith(begun)) || /^#{1,3}(?: \w{0,11})?$/.test(begun);
  return may && begun !== '' ? 'wait' : 'text';
}

/** What somebody does rather than says, as the first word of a stage direction. */
const ACTS = new Set(
  'wave smile nod laugh chuckle giggle sigh wink grin lean tilt pause shrug gasp clap blush bow hug whisper cough yawn beam frown gesture blink hum sniff snicker cheer applaud salute stretch gaze stare glance peer hesitate exhale inhale sob tremble shiver smirk hoot purr meow bark twirl wiggle waddle splash bounce ponder'
    .split(' ')
    .flatMap(verb => {
      const stem = verb.replace(/e$/, '');
      return [verb, `${verb}s`, `${verb}es`, `${verb.replace(/y$/, 'i')}es`, `${stem}ing`, `${stem}${stem.at(-1)}ing`];
    }),
);
const SUBJECTS = new Set(['he', 'she', 'they', 'it', 'i']);
/** Words that end like a verb and are none. */
const NO_ACTS =
  /^(?:is|was|this|has|does|his|its|us|as|yes|always|perhaps|thus|plus|less|news|lets|sometimes|besides|towards|nothing|something|anything|everything|during|morning|evening|spring|king|ring|thing|being)$/i;

/**
 * `*waves*`, `_nods_`, `(smiles)`, `[laughs]`, `*Ollie leans in*`.
 * @param before what was said before it: its end
 * @param own names of who speaks, in lower case
 */
export function actionAt(text: string, before: string, own: readonly string[], last: boolean): Look {
  const mark = text.startsWith('**') ? '**' : text[0]!;
  const close = { '(': ')', '[': ']' }[mark] ?? mark;
  if (/[*_]$/.test(before) || (close === '_' && /\S$/.test(before))) return 'text';
  if (text.length === mark.length) return last ? 'text' : 'wait';
  if (!/^\p{L}/u.test(text.slice(mark.length))) return 'text';
  const end = text.indexOf(close, mark.length);
  const inside = text.slice(mark.length, end < 0 ? undefined : end);
  if (/[\n<]/.test(inside) || inside.length > LONGEST_ACTION) return 'text';
  // Whether a word follows decides, too.
  const isEmphasis = /^[*_]/.test(close);
  const cut = end + close.length;
  if (!last && (end < 0 || (isEmphasis && text.length <= cut))) return 'wait';
  if (end < 0) return 'text';
  const said = before.trimEnd();
  const isApart = said === '' || /[.!?…"”]$/.test(said) || before.slice(said.length).includes('\n');
  const alone = isEmphasis && isApart && !/^[,.!?;:’'\p{L}]/u.test(text.slice(cut));
  return isAction(inside, own, alone) ? { cut, what: 'act' } : 'text';
}

/** Whether what stands between asterisks or brackets is a stage direction. @param alone it stands between sentences */
function isAction(inside: string, own: readonly string[], alone: boolean): boolean {
  const all = inside.trim().split(/\s+/);
  const bare = all.map(word => word.toLowerCase().replace(/[^\p{L}']/gu, ''));
  // Who does it may be named.
  const named = alone && all.length > 1 && (SUBJECTS.has(bare[0]!) || own.includes(bare[0]!)) ? 1 : 0;
  const words = all.slice(named);
  const [first = '', second = ''] = bare.slice(named);
  if (ACTS.has(first) || (first.endsWith('ly') && ACTS.has(second)))
    return words.length > 1 || !/[A-Z]{2}/.test(inside);
  return alone && words.length <= 8 && /^\p{Ll}/u.test(words[0]!) && /[^s]s$|ing$/.test(first) && !NO_ACTS.test(first);
}
