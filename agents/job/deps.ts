import type { Logger } from 'pino';
import type { FromHost, FromHostName } from '../../protocol/agents.ts';
import { ProviderError } from '../base/errors.ts';
import type { VoiceSense } from '../feel/ports.ts';
import type { EndpointingOptions } from '../listen/endpoint/endpointing.ts';
import type { EndOfTurn, Recognizer, VoiceActivityProvider } from '../listen/ports.ts';
import type { AgentMetrics } from '../metrics/metrics.ts';
import type { Responder } from '../respond/port.ts';
import type { Alarm } from '../safety/alarm.ts';
import type { Eyes } from '../sight/eyes.ts';
import type { FaceWatch } from '../sight/face-watch.ts';
import type { Recordings } from '../tape/recordings.ts';
import type { Learner, Summariser } from '../think/memory.ts';
import type { Persona } from '../think/ports.ts';

/** What a job needs of its host. All of it is shared with others, and outlives the job. */
export interface JobDeps {
  vad: VoiceActivityProvider;
  recognizer: Recognizer;
  endOfTurn?: EndOfTurn;
  /** How soon people are taken for done, whatever the persona. */
  endpointing: EndpointingOptions;
  /** Who answers for a persona, in one conversation. */
  responder(persona: Persona): Responder;
  /** Told of those who seem to be in danger. */
  alarm: Pick<Alarm, 'raise'>;
  /** What somebody new is greeted with: `{name}` becomes their name. */
  greeting(persona: Persona): string;
  learner: Learner;
  summariser?: Summariser;
  voiceSense: VoiceSense;
  eyes: Pick<Eyes, 'open' | 'push' | 'look' | 'shut'>;
  /** Who reads faces in their place, of those who allow it. */
  faces?: Pick<FaceWatch, 'allows' | 'watch'>;
  recordings: Pick<Recordings, 'begin' | 'end'>;
  metrics: Pick<
    AgentMetrics,
    | 'session'
    | 'sensed'
    | 'jobBegan'
    | 'jobEnded'
    | 'faceLevel'
    | 'faceStepped'
    | 'faceReplaced'
    | 'workerRestarted'
    | 'media'
  >;
  log: Logger;
}

/** What a job says to the server. */
export interface JobLink {
  send<N extends FromHostName>(name: N, payload: FromHost<N>): void;
  /** The job cannot go on. */
  failed(message: string): void;
}

/** Not an endpoint's message: it may repeat what was said [P1]. */
export const reasonOf = (error: unknown): string =>
  error instanceof ProviderError ? `${error.category} error of a provider` : String(error);
