import type { Logger } from 'pino';
import type { StageEntry } from '../../settings/stages.ts';
import type { Clock } from '../base/clock.ts';
import { ProviderError } from '../base/errors.ts';
import { Places, RANKS } from '../base/places.ts';
import { CachedDialogue } from '../cache/answers.ts';
import type { DiskCache } from '../cache/disk-cache.ts';
import { toneOf } from '../feel/words.ts';
import { HandoverDialogue, type Handovers } from '../handover/handovers.ts';
import { InformedDialogue } from '../knowledge/informed.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import type { AgentMetrics } from '../metrics/metrics.ts';
import { type Guard, SafeDialogue } from '../safety/dialogue.ts';
import { SecondOpinion } from '../safety/second-opinion.ts';
import { CertainFirst } from '../think/certain-first.ts';
import { ConciseDialogue } from '../think/concise.ts';
import { ExpressiveDialogue } from '../think/expressive.ts';
import { FallbackDialogue } from '../think/fallback.ts';
import { InnerVoiceFilter } from '../think/inner-voice.ts';
import { type Learner, learningFallback, type Summariser } from '../think/memory.ts';
import { MeteredDialogue } from '../think/metered.ts';
import type { Dialogue, Persona } from '../think/ports.ts';
import { QueuedDialogue, queuedNotes } from '../think/queued.ts';
import { WaitingDialogue, type WaitingOptions } from '../think/waiting.ts';
import { chain, firstOf } from './chain.ts';
import type { MadeEntry, Making } from './makers.ts';

/** Who answers, and who takes notes. */
export interface Minds {
  dialogue: Dialogue;
  /** The first can be shown pictures. */
  takesPictures: boolean;
  /** Nobody but scripts answers. */
  scripted: boolean;
  /** The first language model among those who answer, asked apart from any conversation; absent: there is none. */
  model?: Dialogue;
  learner: Learner;
  /** Absent: nobody can. */
  summariser?: Summariser;
  /** Makes all of them ready for a persona. Throws ProviderError. */
  prepare(persona: Persona): void;
}

export interface MindsDeps {
  making: Making;
  metrics: AgentMetrics;
  log: Logger;
  clock: Clock;
  cache: DiskCache | undefined;
  guard: Guard;
  knowledge: Knowledge;
  handovers: Handovers;
  /** After how long it is said that a tool takes its time. */
  waiting: Omit<WaitingOptions, 'clock'>;
}

/**
 * The words of an answer, from the inside outwards: the vendor, counted and timed; the queue before one that answers so
 * many at once and no more; what a model says to itself is left
 * out; cut to the persona's limits; kept for others who ask the same. Then the next entry, where one fails before its
 * first word; before the first of them the script is asked for what it knows for certain. Around all of them the feeling
 * that goes with the words, and what is said while a tool takes long. What a script says is the persona's own: it is
 * neither filtered, cut nor kept. Each is told what the documents of the persona say. Before all of that stands who looks whether somebody is in danger.
 */
export async function makeMinds(entries: readonly StageEntry[], deps: MindsDeps): Promise<Minds> {
  const { making, metrics, log, clock, cache, guard, knowledge, handovers, waiting } = deps;
  const made = await making.stage('dialogue', entries);
  const queues = new Map(made.map(each => [each, placesOf(each, { clock, metrics })]));
  /** An entry, counted and timed, in its turn. */
  const asked = (each: MadeEntry<'dialogue'>): Dialogue => {
    const places = queues.get(each);
    return chain<Dialogue>(
      each.made,
      inner => new MeteredDialogue(inner, each.meter),
      places !== undefined && (inner => new QueuedDialogue(inner, places)),
    );
  };
  const wrapped = made.map(each => {
    const { scripted } = each.capabilities;
    const { identity } = each;
    return chain<Dialogue>(
      asked(each),
      !scripted && (inner => new InnerVoiceFilter(inner)),
      !scripted && (inner => new ConciseDialogue(inner)),
      !scripted &&
        cache !== undefined &&
        (inner => new CachedDialogue(inner, cache, identity, outcome => metrics.cached('answers', outcome))),
      inner => new InformedDialogue(inner, knowledge, scripted),
    );
  });
  const answering = firstOf(
    wrapped,
    (first, second, index) =>
      new FallbackDialogue(
        first,
        second,
        (error, fellBack) => {
          metrics.providerError('dialogue', error.category);
          if (fellBack) metrics.fallback(error.category);
          // Not its message: endpoints repeat there what was said [P1].
          log.warn({ vendor: made[index]!.entry.as, category: error.category, fellBack }, 'the chat endpoint failed');
        },
        clock,
      ),
  );
  const quick = made.find(({ capabilities }) => capabilities.first)?.made;
  const sooner = quick === undefined || quick === made[0]?.made ? answering : new CertainFirst(answering, quick);
  const patient = new WaitingDialogue(new ExpressiveDialogue(sooner, toneOf), { clock, ...waiting });
  const first = made.find(({ capabilities }) => !capabilities.scripted);
  const model = first && new InnerVoiceFilter(asked(first));
  const second = model && guard.listens ? new SecondOpinion(model, clock) : undefined;
  return {
    ...(model && { model }),
    dialogue: new SafeDialogue(new HandoverDialogue(patient, handovers), guard, second),
    takesPictures: made[0]!.capabilities.pictures,
    scripted: made.every(({ capabilities }) => capabilities.scripted),
    ...(await makeNotes(made, queues, deps)),
    prepare: persona => {
      for (const { made: vendor } of made) vendor.prepare?.(persona);
      if (persona.knowledge !== undefined) knowledge.refresh(persona.knowledge.folder);
    },
  };
}

/** Notes are taken by who answers; the next learns where one fails. */
async function makeNotes(
  made: readonly MadeEntry<'dialogue'>[],
  queues: ReadonlyMap<MadeEntry<'dialogue'>, Places | undefined>,
  { making, log }: MindsDeps,
): Promise<Pick<Minds, 'learner' | 'summariser'>> {
  const able = made.filter(({ entry }) => making.makes('notes', entry));
  const takers = await Promise.all(
    able.map(async each => {
      const taker = (await making.one('notes', each.entry)).made;
      const places = queues.get(each);
      return places === undefined ? taker : queuedNotes(taker, places);
    }),
  );
  const failed = (error: unknown) =>
    log.warn({ category: error instanceof ProviderError ? error.category : 'internal' }, 'taking notes failed');
  const nobody: Learner = { learn: async () => [] };
  const learner = firstOf<Learner>([...takers, ...(takers.length === 0 ? [nobody] : [])], (first, second) =>
    learningFallback(first, second, failed),
  );
  const summariser = takers.find((taker): taker is Learner & Summariser => taker.summarise !== undefined);
  return { learner, ...(summariser !== undefined && { summariser }) };
}

/** The queue before an entry; undefined: it answers as many as there are. */
function placesOf(
  { entry, capabilities }: MadeEntry<'dialogue'>,
  { clock, metrics }: Pick<MindsDeps, 'clock' | 'metrics'>,
): Places | undefined {
  const size = entry.concurrency ?? capabilities.concurrency;
  if (size === undefined) return undefined;
  const waited = metrics.dialogueQueue(entry.as, RANKS, rank => places.waiting(rank));
  const places: Places = new Places({ places: size, clock, waited });
  return places;
}
