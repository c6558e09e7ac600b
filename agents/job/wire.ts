import type { AnimationEvent } from '../../protocol/animation.ts';
import type { AgentState, FaceShown, LogEntry } from '../../protocol/conversation.ts';
import type { Feeling } from '../../protocol/feelings.ts';
import type { Fact } from '../../protocol/memory.ts';
import type { Accounted } from '../session/trace.ts';
import type { JobLink } from './deps.ts';
import type { Guest } from './guest.ts';

/** Tells the server what goes on in one job. */
export class Wire implements Guest {
  readonly #jobId: string;
  readonly #link: JobLink;

  constructor(jobId: string, link: JobLink) {
    this.#jobId = jobId;
    this.#link = link;
  }

  log(entry: LogEntry): void {
    this.#link.send('job.log', { jobId: this.#jobId, entry });
  }
  unlog(entryId: string): void {
    this.#link.send('job.unlog', { jobId: this.#jobId, entryId });
  }
  state(state: AgentState): void {
    this.#link.send('job.state', { jobId: this.#jobId, state });
  }
  face(face: FaceShown): void {
    this.#link.send('job.face', { jobId: this.#jobId, face });
  }
  timed(turn: Accounted): void {
    this.#link.send('job.timing', { jobId: this.#jobId, ...turn });
  }
  felt(identity: string, feeling: Feeling | null): void {
    this.#link.send('job.feeling', { jobId: this.#jobId, identity, feeling });
  }
  animation(events: AnimationEvent[]): void {
    this.#link.send('job.animation', { jobId: this.#jobId, events });
  }
  learned(identity: string, turnId: string, facts: Fact[], revision: number): void {
    this.#link.send('job.facts', { jobId: this.#jobId, identity, turnId, facts, revision });
  }
  /** Another persona is to take over. */
  handover(to: string): void {
    this.#link.send('job.handover', { jobId: this.#jobId, to });
  }
  /** Nobody is recorded any more. */
  unrecorded(): void {
    this.#link.send('job.unrecorded', { jobId: this.#jobId });
  }
  failed(message: string): void {
    this.#link.failed(message);
  }
}
