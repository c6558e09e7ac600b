import { LISTEN_RATE } from '../../base/rates.ts';

/** The voice detector is so late at most: what came before somebody was taken to speak is sent, too. */
const LEAD_SAMPLES = 0.4 * LISTEN_RATE;

interface Person {
  speaking: boolean;
  /** While they do not speak: the latest of what came. */
  lead: Int16Array[];
  leadSamples: number;
}

/**
 * Makes one stream of what several people say: who speaks is passed on at once, silence is not, and where two speak at
 * the same time their sound is added.
 */
export class Ears {
  readonly #out: (pcm: Int16Array) => void;
  readonly #people = new Map<string, Person>();
  /** Of those who speak together: one piece each that lasts equally long. */
  readonly #together = new Map<string, Int16Array>();

  constructor(out: (pcm: Int16Array) => void) {
    this.#out = out;
  }

  /** @param pcm 16 kHz mono; lent for this call */
  hear(who: string, pcm: Int16Array, speaking: boolean): void {
    const person = this.#people.get(who) ?? { speaking: false, lead: [], leadSamples: 0 };
    this.#people.set(who, person);
    const begins = speaking && !person.speaking;
    person.speaking = speaking;
    if (!speaking) {
      if (this.#together.size > 0) this.#flush();
      keep(person, pcm.slice());
      return;
    }
    if (begins) {
      this.#flush();
      for (const piece of person.lead.splice(0)) this.#out(piece);
      person.leadSamples = 0;
    }
    const together = [...this.#people.values()].filter(each => each.speaking).length;
    if (together < 2) {
      this.#flush();
      this.#out(pcm.slice());
      return;
    }
    if (this.#together.has(who)) this.#flush();
    this.#together.set(who, pcm.slice());
    if (this.#together.size === together) this.#flush();
  }

  #flush(): void {
    const pieces = [...this.#together.values()];
    this.#together.clear();
    if (pieces.length > 0) this.#out(pieces.length === 1 ? pieces[0]! : added(pieces));
  }
}

function keep(person: Person, pcm: Int16Array): void {
  person.lead.push(pcm);
  person.leadSamples += pcm.length;
  while (person.leadSamples - person.lead[0]!.length >= LEAD_SAMPLES) person.leadSamples -= person.lead.shift()!.length;
}

function added(pieces: readonly Int16Array[]): Int16Array {
  const sum = new Int16Array(Math.max(...pieces.map(({ length }) => length)));
  for (let i = 0; i < sum.length; i++) {
    let value = 0;
    for (const piece of pieces) value += piece[i] ?? 0;
    sum[i] = Math.max(-32_768, Math.min(32_767, value));
  }
  return sum;
}
