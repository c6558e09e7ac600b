/** Text that models write for themselves or for the program around them, not for who listens. */

/** Between such tags a model thinks, or calls what it was not given. */
const HIDDEN =
  /^(?:think|thinking|thoughts?|reasoning|reason|reflection|reflect|scratchpad|analysis|inner_?monologue|internal|plan|tool_?calls?|tool_?code|tool_?(?:response|output|result)s?|tool_?use|function(?:_?calls?)?|invoke|call)$/i;
/** After one of these the turn is over; what a model writes on is somebody else's. */
const TURN_END = /^(?:im_end|eot_id|eot|eom_id|endoftext|end_of_text|end_of_turn|end▁of▁sentence|eos|return|s)$/i;
/** Tags that stand for no text at all. */
const TOKEN =
  /^(?:s|bos|eos|unk|pad|start_of_turn|end_of_turn|sep|cls|mask|begin_of_text|im_start|assistant|response|answer|output|final|message)$/i;
/** What ends a thought of each kind. */
const CLOSINGS = [
  /<[|｜](?:end|start|channel|return)[|｜]>(?:assistant)?(?:<[|｜]channel[|｜]>final)?(?:<[|｜]message[|｜]>)?/i,
  /[<◁]\/(?:think|thinking|thoughts?|reasoning|reason|reflection|reflect|scratchpad|analysis|inner_?monologue|internal|plan|tool_?calls?|tool_?code|tool_?(?:response|output|result)s?|tool_?use|function(?:_?calls?)?|invoke|call)[^<>◁▷]{0,20}[>▷]/i,
  /<[|｜][^<>|｜]{0,40}(?:end|close)[^<>|｜]{0,20}[|｜]>/i,
  /\[\/(?:THINK|THOUGHT|REASONING)\]/,
] as const;

/** Longer things in brackets are something else. */
const LONGEST_TAG = 64;
const LONGEST_ACTION = 80;
/** What stands around an open thought that may end in what has come so far. */
const TAIL = 48;

/** What somebody does rather than says, as the first word of a stage direction. */
const ACTS = new Set(
  'wave smile nod laugh chuckle giggle sigh wink grin lean tilt pause shrug gasp clap blush bow hug whisper cough yawn beam frown gesture blink hum sniff snicker cheer applaud salute stretch gaze stare glance peer hesitate exhale inhale sob tremble shiver smirk hoot purr meow bark twirl wiggle waddle splash bounce ponder'
    .split(' ')
    .flatMap(verb => {
      const stem = verb.replace(/e$/, '');
      const s = /(?:sh|ch|s|x)$/.test(verb)
        ? `${verb}es`
        : /[^aeiou]y$/.test(verb)
          ? `${verb.slice(0, -1)}ies`
          : `${verb}s`;
      return [verb, s, `${stem}ing`, `${stem}${stem.at(-1)}ing`];
    }),
);
/** Words that end like a verb and are none. */
const NO_ACTS =
  /^(?:is|was|this|has|does|his|its|us|as|yes|always|perhaps|thus|plus|less|news|lets|sometimes|besides|towards|nothing|something|anything|everything|during|morning|evening|spring|king|ring|thing|being)$/i;

/** Whether what stands between asterisks or brackets is a stage direction. @param alone it stands between sentences */
function isAction(inside: string, alone: boolean): boolean {
  const words = inside.trim().split(/\s+/);
  const [first = '', second = ''] = words.map(word => word.toLowerCase().replace(/[^\p{L}']/gu, ''));
  if (ACTS.has(first) || (first.endsWith('ly') && ACTS.has(second)))
    return words.length > 1 || !/[A-Z]{2}/.test(inside);
  return alone && words.length <= 8 && /^\p{Ll}/u.test(inside) && /[^s]s$|ing$/.test(first) && !NO_ACTS.test(first);
}

/** What one look at the rest of a text decided. */
type Look = { cut: number; what?: 'hide' | 'forget' | 'over' | 'label'; closing?: RegExp } | 'wait' | 'text';

/** Leaves out, of one answer as it is being written, what is not said. What may still become such is held back. */
export class InnerText {
  readonly #labels: readonly string[];
  readonly #others: readonly string[];
  #rest = '';
  /** What ends the thought that is being left out. */
  #closing: RegExp | undefined;
  #over = false;
  /** What is skipped of what comes next. */
  #skip: RegExp | undefined;
  /** All that was passed on so far: its end. */
  #before = '';
  /** What was held back because this model's thoughts have no beginning. */
  readonly #thinksFirst: boolean;
  #held = '';
  /** A thought ended that had not begun. */
  endedThought = false;

  /**
   * @param names who speaks: what such a model puts before its own words
   * @param others who else does: where their words begin, the answer is over
   * @param thinksFirst this model's answers begin with a thought whose beginning is not told
   */
  constructor(names: readonly string[], others: readonly string[] = [], thinksFirst = false) {
    this.#labels = [...names, 'assistant', 'ai', 'bot', 'avatar', 'model'].map(name => name.toLowerCase());
    this.#others = [...others, 'user', 'human', 'system'].map(name => name.toLowerCase());
    this.#thinksFirst = thinksFirst;
  }

  /** The next piece; what may be said of it and of what was held back. */
  push(piece: string): string {
    this.#rest += piece;
    return this.#drain(false);
  }

  /** There is no more. */
  end(): string {
    const said = this.#drain(true);
    const held = this.endedThought ? '' : this.#held;
    this.#held = '';
    return held + said;
  }

  #drain(last: boolean): string {
    let said = '';
    while (this.#rest !== '' && !this.#over) {
      if (this.#skip !== undefined) {
        this.#rest = this.#rest.replace(this.#skip, '');
        if (this.#rest === '') break;
        this.#skip = undefined;
      }
      if (this.#closing !== undefined) {
        const end = this.#closing.exec(this.#rest);
        if (end === null) {
          this.#rest = last ? '' : this.#rest.slice(-TAIL);
          break;
        }
        this.#closing = undefined;
        this.#rest = this.#rest.slice(end.index + end[0].length);
        this.#leaveGap();
        continue;
      }
      const look = this.#look(last);
      if (look === 'wait') break;
      if (look === 'text') {
        // Up to the next that may be something.
        const next = this.#rest.slice(1).search(/[<[(*◁\n]/);
        const text = this.#rest[0] === '\n' ? '\n' : next < 0 ? this.#rest : this.#rest.slice(0, next + 1);
        this.#rest = this.#rest.slice(text.length);
        said += text;
        this.#before = (this.#before + text).slice(-8);
        continue;
      }
      this.#rest = this.#rest.slice(look.cut);
      if (look.what === 'over') this.#over = true;
      if (look.what === 'hide') this.#closing = look.closing;
      if (look.what === 'forget') {
        // All before it was thought. What of that was passed on cannot be taken back.
        said = this.#held = this.#before = '';
        this.endedThought = true;
      }
      if (look.what === 'label') this.#skip = /^[*_ \t]+/;
      else this.#leaveGap();
    }
    if (this.#over) this.#rest = '';
    if (!this.#thinksFirst || this.endedThought) return said;
    this.#held += said;
    return '';
  }

  /** Spaces on both sides of what was left out would be a gap; at the beginning also lines. */
  #leaveGap(): void {
    this.#skip = this.#before.trim() === '' ? /^\s+/ : /\s$/.test(this.#before) ? /^[^\S\n]+/ : undefined;
  }

  #look(last: boolean): Look {
    const rest = this.#rest;
    const lineStart = this.#before.trim() === '' || this.#before.endsWith('\n');
    if (lineStart) {
      const label = this.#label(last);
      if (label !== 'text') return label;
    }
    const first = rest[0]!;
    if (first === '<' || first === '◁' || first === '[') return this.#tag(last);
    if (first === '*' || first === '(') return this.#action(last);
    return 'text';
  }

  /** `Ollie:`, `**Ollie:**`, `[Ollie]`, `Ollie (smiling):` at the beginning of a line. */
  #label(last: boolean): Look {
    const rest = this.#rest;
    const match = /^\s*[*_[]{0,3}([^\n:*_[\]()<]{1,40})[*_\]]{0,3}(?: ?\([^\n()]{0,40}\))?:[*_]{0,3}[^\S\n]*/.exec(
      rest,
    );
    const name = (match?.[1] ?? '')
      .trim()
      .toLowerCase()
      .replace(/ (?:says|said)$/, '');
    if (match !== null && this.#labels.includes(name!) && !/^\d/.test(rest.slice(match[0].length)))
      return { cut: match[0].length, what: 'label' };
    if (match !== null && this.#others.includes(name) && this.#before.trim() !== '') return { cut: 0, what: 'over' };
    if (last || match !== null) return 'text';
    // Only as long as it may still become one of them.
    const begun = rest.replace(/^\s*[*_[]{0,3}/, '').toLowerCase();
    if (begun === '' && rest.length < 8) return 'wait';
    const known = [...this.#labels, ...(this.#before.trim() === '' ? [] : this.#others)];
    const may = known.some(
      each =>
        each.startsWith(begun) ||
        (begun.startsWith(each) &&
          /^[*_\]]{0,3} ?(?:\([^\n()]{0,40}\)?|s|sa|say|says|sai|said)?[*_:]{0,3}$/.test(begun.slice(each.length))),
    );
    return may ? 'wait' : 'text';
  }

  #tag(last: boolean): Look {
    const rest = this.#rest;
    if (rest[0] === '[') return this.#bracket(last);
    const match = /^[<◁](\/?)([|｜]?)([\p{L}\d_▁-]{1,40})(?:[^<>◁▷\n|｜]{0,80})?[|｜]?[>▷]/u.exec(rest);
    if (match === null)
      return !last && rest.length < LONGEST_TAG + 48 && /^[<◁](?:\/?[|｜]?(?:[\p{L}_][^<>◁▷\n]*)?)?$/u.test(rest)
        ? 'wait'
        : 'text';
    const [whole, slash, bar, name = ''] = match;
    if (bar !== '') return this.#token(whole, name, last);
    if (HIDDEN.test(name)) {
      if (slash === '') return { cut: whole.length, what: 'hide', closing: CLOSINGS[1] };
      return { cut: whole.length, what: 'forget' };
    }
    if (slash !== '' && name === 's') return { cut: 0, what: 'over' };
    if (/^end_of_turn$/i.test(name)) return { cut: 0, what: 'over' };
    if (/^start_of_turn$/i.test(name)) return this.#role(whole.length, last);
    if (TOKEN.test(name)) return { cut: whole.length };
    return 'text';
  }

  /** `<|im_end|>` and its like; `<|channel|>analysis<|message|>` begins what is not for the listener. */
  #token(whole: string, name: string, last: boolean): Look {
    if (TURN_END.test(name)) return { cut: 0, what: 'over' };
    if (/^(?:start|channel|im_start|start_header_id)$/i.test(name)) {
      const header = /^<[|｜][^<>\n]{1,40}[|｜]>[\s\S]{0,60}?<[|｜](?:message|end_header_id)[|｜]>\s*/.exec(this.#rest);
      if (header === null && !last && this.#rest.length < 200 && !/^im_start$/i.test(name)) return 'wait';
      if (header === null) return this.#role(whole.length, last);
      return /analysis|commentary/.test(header[0])
        ? { cut: header[0].length, what: 'hide', closing: CLOSINGS[0] }
        : { cut: header[0].length };
    }
    if (/tool|function|thought|think/i.test(name) && !/end|close/i.test(name))
      return { cut: whole.length, what: 'hide', closing: CLOSINGS[2] };
    return { cut: whole.length };
  }

  /** A mark that a role stands behind, on the same line: both go. */
  #role(length: number, last: boolean): Look {
    const role = /^\w{0,16}(\n?)/.exec(this.#rest.slice(length))!;
    if (role[1] === '' && !last && length + role[0].length === this.#rest.length) return 'wait';
    return { cut: length + (role[1] === '' ? 0 : role[0].length) };
  }

  #bracket(last: boolean): Look {
    const match = /^\[(\/?)([A-Z_]{2,20})\]/.exec(this.#rest);
    if (match !== null) {
      const [whole, slash, name = ''] = match;
      if (name === 'TOOL_CALLS') return { cut: 0, what: 'over' };
      if (/^(?:THINK|THOUGHT|REASONING)$/.test(name)) {
        if (slash === '') return { cut: whole.length, what: 'hide', closing: CLOSINGS[3] };
        return { cut: whole.length, what: 'forget' };
      }
      if (name === 'INST' || name === 'SYS') return { cut: whole.length };
    }
    if (!last && /^\[\/?[A-Z_]{0,20}$/.test(this.#rest)) return 'wait';
    return this.#action(last);
  }

  /** `*waves*`, `(smiles)`, `[laughs]`. */
  #action(last: boolean): Look {
    const rest = this.#rest;
    const close = { '*': '*', '(': ')', '[': ']' }[rest[0]!]!;
    if (rest.startsWith('**')) return 'text';
    if (rest.length === 1) return last ? 'text' : 'wait';
    if (!/^.\p{L}/u.test(rest)) return 'text';
    const end = rest.indexOf(close, 1);
    const inside = rest.slice(1, end < 0 ? undefined : end);
    if (/[\n<]/.test(inside) || inside.length > LONGEST_ACTION) return 'text';
    if (end < 0) return last ? 'text' : 'wait';
    if (close === '*' && rest.length === end + 1 && !last) return 'wait';
    const before = this.#before.trimEnd();
    const isApart = before === '' || /[.!?…"”]$/.test(before) || this.#before.slice(before.length).includes('\n');
    const alone = isApart && !/^[,.!?;:’'\p{L}]/u.test(rest.slice(end + 1));
    return isAction(inside, alone && close === '*') ? { cut: end + 1 } : 'text';
  }
}
