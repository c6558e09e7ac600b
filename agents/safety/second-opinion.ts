import fs from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { DANGERS, type DangerKind } from '../../protocol/dangers.ts';
import type { Clock } from '../base/clock.ts';
import type { Conversation, Dialogue, Persona, ReplyOptions } from '../think/ports.ts';
import { isEnglish } from './hearing.ts';
import { STOP, wordsOf } from './words.ts';

const HintFile = z.record(z.string(), z.string());

/** An answer waits no longer for it. */
const LATEST_MS = 1500;
/** Of what was said, the end is shown; characters. */
const MOST_SHOWN = 600;

const INSTRUCTIONS = `You look at one message that somebody has just said to a voice assistant, in any language, and tell whether a person is in real danger right now. Answer with one word and nothing else.
fire: something burns, gas or smoke. medical: they or somebody beside them have signs of an emergency, such as pain in the chest, trouble breathing, heavy bleeding, fainting. poisoning: something harmful was swallowed or breathed in, or too much of a medicine. child: a child is alone, missing or afraid. violence: somebody hurts, threatens, follows or frightens them. self-harm: they think of killing or hurting themselves, or see no point in living. harm: they are about to hurt somebody else. fall: they have fallen and cannot get up, or are hurt by a fall. lost: they do not know where they are and cannot get away.
none: anything else, such as figures of speech, jokes, films, games, news, stories of long ago, questions out of interest, small complaints.
When in doubt between none and something grave, name what is grave. If it is somebody else who is in danger, add the word other behind.`;

/** What a model finds. */
export interface Opinion {
  kind: DangerKind;
  /** It is somebody else who is in danger. */
  other: boolean;
}

/**
 * Asks a language model whether somebody is in danger, where their words hint at it and no pattern has found anything.
 * What it says comes after the patterns: it can find more, and never takes anything back.
 */
export class SecondOpinion {
  readonly #model: Dialogue;
  readonly #clock: Clock;
  readonly #hints: { english: Hints; others: Hints };

  /** Reads `hints.yaml`. Throws where it is wrong. */
  constructor(model: Dialogue, clock: Clock, file = new URL('hints.yaml', import.meta.url)) {
    const { en = '', ...others } = HintFile.parse(parse(fs.readFileSync(file, 'utf8')));
    this.#model = model;
    this.#clock = clock;
    this.#hints = { english: new Hints(en), others: new Hints(Object.values(others).join(' ')) };
  }

  /** Whether what was said in a turn hints at danger. */
  isHinted({ turn }: Conversation): boolean {
    return turn.some(({ text }) => {
      const words = wordsOf(text).filter(word => word !== STOP);
      const hints = isEnglish(words) ? [this.#hints.english] : Object.values(this.#hints);
      return words.some(word => hints.some(each => each.has(word)));
    });
  }

  /** What the model finds; undefined: nothing, or nothing soon enough. Rejects with the signal's reason. */
  async ask({ persona, turn }: Conversation, options: ReplyOptions): Promise<Opinion | undefined> {
    const late = new AbortController();
    const cancel = this.#clock.after(LATEST_MS, () => late.abort());
    const signal = AbortSignal.any([options.signal, late.signal]);
    const said = turn.map(({ text }) => text).join(' ');
    const text = `Message: ${JSON.stringify(said.slice(-MOST_SHOWN))}`;
    try {
      let answer = '';
      const asked = { persona: judging(persona), history: [], turn: [{ ...turn.at(-1)!, text }] };
      for await (const part of this.#model.reply(asked, { signal, committed: NEVER }))
        if (part.type === 'text') answer += part.text;
      return opinionIn(answer);
    } catch {
      // A model that fails is one opinion less; the answer that it gives itself tells why.
      options.signal.throwIfAborted();
      return undefined;
    } finally {
      cancel();
    }
  }
}

/** It has nothing that would wait for it. */
const NEVER = new Promise<void>(() => {});

/** One for each persona, so that what is kept for a persona goes with it. */
const judges = new WeakMap<Persona, Persona>();
function judging(persona: Persona): Persona {
  const known = judges.get(persona);
  if (known !== undefined) return known;
  const { id, avatar, voice, speed, pitch } = persona;
  const judge: Persona = {
    ...{ id, avatar, voice, speed, pitch },
    ...{ name: 'Safety', description: '', greeting: '', script: '', instructions: INSTRUCTIONS },
  };
  judges.set(persona, judge);
  return judge;
}

/** The danger that an answer names, first of all words; models like to explain themselves. */
function opinionIn(answer: string): Opinion | undefined {
  const [first = '', second = ''] = answer.toLowerCase().match(/[a-z]+(?:-[a-z]+)?/g) ?? [];
  const kind = DANGERS.find(each => each === first);
  return kind && { kind, other: second === 'other' };
}

/** Words, and beginnings of words. */
class Hints {
  readonly #words = new Set<string>();
  readonly #beginnings: string[] = [];

  constructor(text: string) {
    for (const hint of text.split(/\s+/).filter(Boolean)) {
      const [word = ''] = wordsOf(hint);
      if (hint.endsWith('*')) this.#beginnings.push(word);
      else this.#words.add(word);
    }
  }

  has(word: string): boolean {
    return this.#words.has(word) || this.#beginnings.some(each => word.startsWith(each));
  }
}
