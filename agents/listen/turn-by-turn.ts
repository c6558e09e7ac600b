import type { SpeechLineEvents } from './streamed.ts';

/** What somebody says until words are asked for, as a vendor takes it. */
export interface SpeechTurn {
  /** 16 kHz mono. */
  sound(pcm: Int16Array): void;
  /** That was all: what is left of its words is told, and then that it is over. */
  end(): void;
}

/** For vendors that hear turn by turn, one after the other: sound that comes while one ends waits for the next. */
export class TurnByTurn {
  readonly #begin: (over: () => void) => SpeechTurn;
  readonly #events: SpeechLineEvents;
  #waiting: (Int16Array | 'flush')[] = [];
  #turn: SpeechTurn | undefined;
  #isEnding = false;

  /** @param begin a turn; `over` is called when all of it was told, by whomever it was ended */
  constructor(begin: (over: () => void) => SpeechTurn, events: SpeechLineEvents) {
    this.#begin = begin;
    this.#events = events;
  }

  push(pcm: Int16Array): void {
    this.#waiting.push(pcm);
    this.#go();
  }

  flush(): void {
    this.#waiting.push('flush');
    this.#go();
  }

  #go(): void {
    while (!this.#isEnding && this.#waiting.length > 0) {
      const next = this.#waiting.shift()!;
      if (next !== 'flush') {
        this.#turn ??= this.#begun();
        this.#turn.sound(next);
      } else if (this.#turn === undefined) this.#events.settled();
      else {
        this.#isEnding = true;
        this.#turn.end();
      }
    }
  }

  #begun(): SpeechTurn {
    const turn = this.#begin(() => {
      if (this.#turn !== turn) return;
      this.#turn = undefined;
      if (this.#isEnding) this.#events.settled();
      this.#isEnding = false;
      this.#go();
    });
    return turn;
  }
}
