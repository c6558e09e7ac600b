import { SPEECH_RATE } from '../../base/rates.ts';
import { isBackchannel, isMuttered } from '../../listen/witness/backchannel.ts';
import type { Exchange } from '../../think/ports.ts';
import type { Effect, FloorEvent, Move, Own } from './events.ts';
import { type Around, type Floor, type Input, isDisputed, isTaken, type Taken } from './state.ts';

/** [T3] Within this time it is decided what an interruption was. */
export const DECIDE_MS = 700;
/** While somebody else still speaks, an answer waits this long at most. */
export const PATIENCE_MS = 1500;
/** What was found is told when nobody has had the floor for so long. */
export const TELL_MS = 700;
/** Speech left to be heard that an interruption need not stop. */
const NEARLY_DONE_SAMPLES = 0.2 * SPEECH_RATE;
/** So little of an answer does not stop somebody who was not done. */
const LITTLE_SAMPLES = 1.2 * SPEECH_RATE;
/** A "yes" this close to the end is an answer, not a backchannel. */
const ANSWER_SAMPLES = 0.8 * SPEECH_RATE;

/** Who has the floor after something happened, and what is to be done about it. Knows no clock and does nothing. */
export const step = (floor: Floor, event: FloorEvent): Move =>
  floor.at === 'closed' ? [floor, []] : settled(moved(floor, event));

function moved(floor: Floor, event: FloorEvent): Move {
  switch (event.type) {
    case 'started':
      return started(floor, event.who);
    case 'partial':
      return heardSoFar(floor, event);
    case 'candidate':
      return mayBeDone(floor, event);
    case 'resumed':
      return dropped(floor, 'the person went on speaking');
    case 'continued':
      return continued(floor, event);
    case 'utterance':
      return uttered(floor, event);
    case 'parting':
      return [floor, [{ do: 'note', input: event.input }]];
    case 'nothing':
      return fellSilent(floor, event.who);
    case 'failed':
      return then(fellSilent(floor, event.who), next =>
        isTaken(next) || next.waiting.length > 0 ? [next, []] : spokeUp(next, { kind: 'unheard' }),
      );
    case 'gone':
      return gone(floor, event.who);
    case 'typed':
      if (event.addressee === 'them') return [floor, [{ do: 'overhear', input: event.input }]];
      return then(cancelled(floor), next => taken(next, event.input));
    case 'timer':
      return event.timer === 'decide' ? decided(floor) : event.timer === 'patience' ? given(floor) : told(floor);
    case 'found':
      return [{ ...floor, untold: event.any }, []];
    case 'progress':
      return progressed(floor, event);
    case 'made':
      return isTaken(floor) ? [of(floor, { made: floor.turn.made + event.samples }), []] : [floor, []];
    case 'complete':
      return isTaken(floor) ? [of(floor, { complete: true }), []] : [floor, []];
    case 'speechless':
      return isTaken(floor) ? ended(floor, 'failed') : [floor, []];
    case 'speak-up':
      return isTaken(floor) ? [floor, []] : spokeUp(floor, event.own);
    case 'withdraw':
      return then(dropped(floor, 'what is known has changed'), next => cancelled(next, { spokenOver: false }));
    case 'hushed':
      return then(dropped(floor, 'it was told to be silent'), next => cancelled(next));
    case 'changed': {
      const waiting = floor.waiting.filter(({ exchange }) => !event.struck.has(exchange.entryId ?? ''));
      return offered(quiet({ ...floor, waiting }));
    }
    case 'close':
      return closed(floor);
  }
}

// -------------------------------------------------------------------- somebody speaks

/** [T3] Output is held at once, where it can be; what it was is decided within {@link DECIDE_MS}. */
function started(floor: Floor, who: string): Move {
  const next = quiet({ ...floor, speakers: new Set([...floor.speakers, who]) });
  const seen: Effect[] = [
    { do: 'look', who },
    { do: 'face', state: 'listening' },
  ];
  if (!isTaken(next) || isDisputed(next) || nearlyDone(next)) return [next, seen];
  const { pauses, turn } = next;
  return [
    { ...around(next), at: pauses ? 'paused' : 'yielding', turn, by: who, answered: false },
    [...seen, ...(pauses ? [{ do: 'pause' } as const] : []), { do: 'arm', timer: 'decide', ms: DECIDE_MS }],
  ];
}

/** [T3] Words cancel; a backchannel does not, nor what is said to others. */
function heardSoFar(floor: Floor, { who, text, speechMs, addressee }: FloorEvent & { type: 'partial' }): Move {
  if (!isTaken(floor)) return [floor, []];
  const disputes = isDisputed(floor) && floor.by === who;
  if (addressee === 'them' || isBackchannel(text) || isMuttered(text, speechMs))
    return disputes ? [{ ...floor, answered: true }, []] : [floor, []];
  if (isDisputed(floor)) return disputes ? cancelled(floor) : [floor, []];
  return floor.turn.talkers.has(who) || nearlyDone(floor) ? [floor, []] : cancelled(floor);
}

/** [T3] No words so far: a cough, if the recognizer answered; words, if it did not answer at all. */
function decided(floor: Floor): Move {
  if (!isDisputed(floor)) return [floor, []];
  return floor.answered ? wentOn(floor) : cancelled(floor);
}

/** [T5] The answer is begun in secret: it may turn out that more was coming. */
function mayBeDone(floor: Floor, { exchange, utteranceId, addressee }: FloorEvent & { type: 'candidate' }): Move {
  if (isTaken(floor)) return [floor, []];
  if (addressee === 'them') return forgot(floor, utteranceId);
  const inputs = [...floor.waiting.map(input => input.exchange), exchange];
  const key = keyOf(inputs);
  // The same words, read once more: what was begun for them serves.
  if (floor.secret?.key === key) return [floor, []];
  return [{ ...floor, secret: { key, utteranceId } }, [{ do: 'nod' }, { do: 'speculate', id: utteranceId, inputs }]];
}

/** [L1] What they said was not all: an answer to it is given up, and who else was answered with it waits again. */
function continued(before: Floor, { id }: FloorEvent & { type: 'continued' }): Move {
  const floor = quiet({ ...before, waiting: before.waiting.filter(({ entryId }) => entryId !== id) });
  if (!isTaken(floor) || !floor.turn.inputs.some(({ entryId }) => entryId === id)) return [floor, []];
  return then([floor, [{ do: 'cancel' }]], () => ended(floor, 'interrupted', { growing: id }));
}

/** Whether somebody may still be saying what was taken for whole: it is not answered yet, or little was heard of that. */
export function mayContinue(floor: Floor, id: string): boolean {
  if (floor.waiting.some(({ entryId }) => entryId === id)) return true;
  return (
    isTaken(floor) && floor.turn.played < LITTLE_SAMPLES && floor.turn.inputs.some(({ entryId }) => entryId === id)
  );
}

function uttered(before: Floor, { input, addressee }: FloorEvent & { type: 'utterance' }): Move {
  const { speaker, text } = input.exchange;
  const { speechStartMs = 0, speechEndMs } = input.said;
  const speechMs = speechEndMs - speechStartMs;
  const wasTalking = isTaken(before) && before.turn.talkers.has(speaker);
  const floor = without(before, speaker);
  if (addressee === 'them') {
    const overheard = forgot(floor, input.entryId);
    return then([overheard[0], [...overheard[1], { do: 'overhear', input }]], next => fellSilent(next, speaker));
  }
  if (!isTaken(floor) || wasTalking) return taken(floor, input);
  if (isBackchannel(text) && !isAnswer(floor))
    return then([floor, [{ do: 'note', input }]], next => wentOn(next, speaker));
  if (isMuttered(text, speechMs) && !isAnswer(floor))
    return then([floor, [{ do: 'unhear', id: input.entryId }]], next => wentOn(next, speaker));
  return then(cancelled(floor), next => taken(next, input));
}

/** What they had begun came to nothing. */
function fellSilent(before: Floor, who: string): Move {
  const floor = without(before, who);
  const settled: Move = isTaken(floor) || floor.waiting.length > 0 ? wentOn(floor, who) : [floor, [{ do: 'rest' }]];
  return then(settled, offered);
}

/** Nobody hears this person any more, in mid-sentence perhaps. */
function gone(before: Floor, who: string): Move {
  const floor = without(before, who);
  if (isTaken(floor) || floor.speakers.size > 0) return then(wentOn(floor, who), offered);
  const settled = then(dropped(floor, 'the person is gone'), next => [
    next,
    next.waiting.length === 0 ? [{ do: 'rest' }] : [],
  ]);
  return then(settled, offered);
}

/** It was no interruption. @param who if it was by this person */
function wentOn(floor: Floor, who?: string): Move {
  if (!isDisputed(floor) || (who !== undefined && floor.by !== who)) return [floor, []];
  const { at, turn } = floor;
  return [
    { ...around(floor), at: turn.sounded ? 'speaking' : 'preparing', turn },
    [
      { do: 'disarm', timer: 'decide' },
      ...(at === 'paused' ? [{ do: 'resume' } as const] : []),
      { do: 'count', interruption: 'resumed' },
      { do: 'face', state: turn.sounded ? 'speaking' : 'thinking' },
    ],
  ];
}

// -------------------------------------------------------------------- the turn

/** Something was said that wants an answer. */
function taken(floor: Floor, input: Input): Move {
  const thinks: Effect[] = isTaken(floor) ? [] : [{ do: 'face', state: 'thinking' }];
  return then([quiet({ ...floor, waiting: [...floor.waiting, input] }), [{ do: 'take', input }, ...thinks]], offered);
}

/** What waits is answered, all of it together; while somebody still speaks, after {@link PATIENCE_MS} at the latest. */
function offered(floor: Floor): Move {
  if (floor.waiting.length === 0 || isTaken(floor)) return [floor, []];
  if (floor.speakers.size === 0) return given(floor);
  if (floor.patient) return [floor, []];
  return [{ ...floor, patient: true }, [{ do: 'arm', timer: 'patience', ms: PATIENCE_MS }]];
}

function given(before: Floor): Move {
  const floor = { ...before, patient: false };
  const disarm: Effect[] = before.patient ? [{ do: 'disarm', timer: 'patience' }] : [];
  const [first, ...more] = floor.waiting;
  if (isTaken(floor) || first === undefined) return [floor, disarm];
  const inputs: [Input, ...Input[]] = [first, ...more];
  const last = inputs.at(-1)!;
  const prepared = floor.secret?.key === keyOf(inputs.map(({ exchange }) => exchange));
  const kept: Move = prepared ? [{ ...floor, secret: undefined }, []] : dropped(floor, 'something else was said');
  return then([kept[0], [...disarm, ...kept[1]]], next =>
    begun({ ...next, waiting: [] }, last.source, inputs, {
      do: 'begin',
      id: last.again === true ? undefined : last.entryId,
      inputs,
      prepared,
    }),
  );
}

/** What was found is told, once nobody has had the floor for {@link TELL_MS}. */
function settled([floor, effects]: Move): Move {
  const telling = floor.untold && floor.at === 'free';
  if (telling === floor.telling) return [floor, effects];
  const timer: Effect = telling ? { do: 'arm', timer: 'tell', ms: TELL_MS } : { do: 'disarm', timer: 'tell' };
  return [{ ...floor, telling }, [...effects, timer]];
}

/** The timer of telling has run down. */
const told = (floor: Floor): Move =>
  floor.at === 'free' && floor.untold
    ? spokeUp({ ...floor, untold: false, telling: false }, { kind: 'found' })
    : [floor, []];

const spokeUp = (floor: Floor, own: Own): Move => begun(floor, 'greeting', [], { do: 'speak-up', own });

/** [T1] `begin` comes last: what was prepared goes out with it. */
function begun(floor: Floor, source: Input['source'] | 'greeting', inputs: readonly Input[], begin: Effect): Move {
  const turn = {
    source,
    inputs,
    talkers: floor.speakers,
    made: 0,
    played: 0,
    complete: false,
    sounded: false,
    heard: false,
  };
  return [{ ...around(floor), at: 'preparing', turn }, [{ do: 'face', state: 'thinking' }, begin]];
}

function progressed(floor: Floor, { samples, heard, started, done }: FloorEvent & { type: 'progress' }): Move {
  if (!isTaken(floor)) return [floor, []];
  const { played, sounded } = floor.turn;
  const next = of(floor, { played: Math.max(played, samples), heard, sounded: sounded || started });
  const begins = started && next.at === 'preparing';
  const speaking: Taken = begins ? { ...next, at: 'speaking' } : next;
  const shown: Effect[] = begins ? [{ do: 'face', state: 'speaking' }] : [];
  return done ? then([speaking, shown], () => ended(speaking, 'completed')) : [speaking, shown];
}

/** [T6] Silence first; then what follows from it. */
function cancelled(floor: Floor, { spokenOver = true } = {}): Move {
  if (!isTaken(floor)) return [floor, []];
  const silence: Effect[] = [{ do: 'cancel' }, { do: 'count', interruption: 'cancelled' }];
  return then([floor, silence], () => ended(floor, 'interrupted', { spokenOver }));
}

/**
 * @param options.growing what of its inputs is still being said
 * @param options.spokenOver somebody said something else
 */
function ended(
  floor: Taken,
  outcome: 'completed' | 'interrupted' | 'failed',
  { growing, spokenOver = false }: { growing?: string; spokenOver?: boolean } = {},
): Move {
  const { turn, speakers, waiting } = floor;
  // Nothing of the answer was heard: what was said is answered together with what comes next [T4].
  const unheard = outcome === 'interrupted' && !turn.heard && turn.source !== 'greeting';
  const putBack = unheard || growing !== undefined;
  const back = putBack
    ? turn.inputs.filter(({ entryId }) => entryId !== growing).map((input): Input => ({ ...input, again: true }))
    : [];
  const after: Move = [
    quiet({ ...around(floor), at: 'free', waiting: [...back, ...waiting] }),
    [
      ...(isDisputed(floor) ? [{ do: 'disarm', timer: 'decide' } as const] : []),
      { do: 'end', outcome, putBack, ...(spokenOver && { spokenOver }) },
      speakers.size > 0 ? { do: 'face', state: 'listening' } : { do: 'rest' },
    ],
  ];
  // What was said meanwhile by people who had been speaking all along.
  return outcome === 'interrupted' ? after : then(after, offered);
}

/** [C1] No timer is left. */
function closed(floor: Floor): Move {
  const effects: Effect[] = floor.patient ? [{ do: 'disarm', timer: 'patience' }] : [];
  if (isDisputed(floor)) effects.push({ do: 'disarm', timer: 'decide' });
  if (isTaken(floor)) effects.push({ do: 'cancel' }, { do: 'end', outcome: 'interrupted', putBack: false });
  if (floor.at !== 'free') effects.push({ do: 'rest' });
  return [{ ...around(floor), at: 'closed', waiting: [], patient: false, untold: false, secret: undefined }, effects];
}

// -------------------------------------------------------------------- helpers

/** One move after the other. */
function then([floor, effects]: Move, next: (floor: Floor) => Move): Move {
  const [after, more] = next(floor);
  return [after, [...effects, ...more]];
}

const around = ({ pauses, speakers, waiting, patient, untold, telling, secret }: Around): Around => ({
  pauses,
  speakers,
  waiting,
  patient,
  untold,
  telling,
  secret,
});

/** With no turn live, people have the floor while they speak or wait. */
function quiet(floor: Floor): Floor {
  if (floor.at !== 'free' && floor.at !== 'people') return floor;
  return { ...floor, at: floor.speakers.size > 0 || floor.waiting.length > 0 ? 'people' : 'free' };
}

/** The live turn, changed. */
const of = (floor: Taken, change: Partial<Taken['turn']>): Taken => ({ ...floor, turn: { ...floor.turn, ...change } });

/** Somebody does not speak any more. */
function without(floor: Floor, who: string): Floor {
  const less = (set: ReadonlySet<string>) => new Set([...set].filter(each => each !== who));
  const next = quiet({ ...floor, speakers: less(floor.speakers) });
  return isTaken(next) ? of(next, { talkers: less(next.turn.talkers) }) : next;
}

function dropped(floor: Floor, reason: string): Move {
  return floor.secret === undefined ? [floor, []] : [{ ...floor, secret: undefined }, [{ do: 'drop', reason }]];
}

/** What was prepared for an utterance that was meant for others. */
const forgot = (floor: Floor, utteranceId: string): Move =>
  floor.secret?.utteranceId === utteranceId ? dropped(floor, 'it was said to others') : [floor, []];

const left = ({ turn }: Taken): number => (turn.complete ? turn.made - turn.played : Number.POSITIVE_INFINITY);
/** It ends by itself before an interruption could stop it. */
const nearlyDone = (floor: Taken): boolean => left(floor) <= NEARLY_DONE_SAMPLES;
const isAnswer = (floor: Taken): boolean => left(floor) <= ANSWER_SAMPLES;

/** What a turn answers, comparable: what was prepared serves only if this is the same. */
const keyOf = (inputs: readonly Exchange[]): string =>
  inputs.map(({ speaker, entryId, text }) => `${speaker}\n${entryId}\n${text}`).join('\n');
