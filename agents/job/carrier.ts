import type { Microphone, SightSource, SightTrack } from '../../protocol/agents.ts';
import type { FaceShown } from '../../protocol/conversation.ts';
import type { FaceStep, Line, LineEvents, LineStats, Rung } from '../line/port.ts';
import type { JobDeps } from './deps.ts';
import type { Guest } from './guest.ts';

/** What people see of a face on these rungs; on the others it moves as it should. */
const SHOWN: Partial<Record<Rung, FaceShown>> = { slow: 'slow', 'voice-only': 'voice' };

/** The job's line: is told whom to hear and see, and counts what its face goes through. */
export class Carrier implements Guest {
  readonly #line: Line;
  readonly #deps: Pick<JobDeps, 'metrics' | 'log'>;
  readonly #jobId: string;
  #counted: LineStats | undefined;
  /** How much the face does. */
  #rung: Rung = 'full';
  readonly #shows: (face: FaceShown) => void;

  /** @param shows told when people see more or less of the face */
  constructor(line: Line, deps: Pick<JobDeps, 'metrics' | 'log'>, jobId: string, shows: (face: FaceShown) => void) {
    this.#line = line;
    this.#shows = shows;
    this.#deps = deps;
    this.#jobId = jobId;
  }

  /** Events come from now on. */
  attach(events: Omit<LineEvents, 'faceStepped' | 'faceReplaced'>): void {
    const { metrics, log } = this.#deps;
    metrics.jobBegan();
    metrics.faceLevel(this.#rung, 1);
    this.#line.attach({
      ...events,
      faceStepped: step => this.#stepped(step),
      faceReplaced: (reason, message) => {
        log.warn({ job: this.#jobId, reason, message }, 'the face was lost; another takes over');
        metrics.faceReplaced(reason);
        metrics.workerRestarted('face');
      },
    });
  }

  connect(ip: string, port: number): void {
    this.#line.connect?.(ip, port);
  }
  listen(identity: string, _name: string, microphone: Microphone): void {
    this.#line.ears.listen(identity, microphone);
  }
  unlisten(identity: string): void {
    this.#line.ears.unlisten(identity);
  }
  see(picture: SightTrack): void {
    this.#line.ears.see(picture);
  }
  unsee(identity: string, source: SightSource): void {
    this.#line.ears.unsee(identity, source);
  }
  left(identity: string): void {
    this.#line.ears.unlisten(identity);
    this.#line.ears.unsee(identity);
  }
  viewers(count: number, bitrate: number): void {
    this.#line.viewers(count, bitrate);
  }

  /** Adds what was counted since the last time to the host's figures, and tells it. */
  async count(): Promise<LineStats> {
    const stats = await this.#line.stats();
    this.#deps.metrics.media(stats, this.#counted);
    this.#counted = stats;
    return stats;
  }

  close(): Promise<void> {
    this.#deps.metrics.jobEnded();
    this.#deps.metrics.faceLevel(this.#rung, -1);
    return this.#line.close();
  }

  #stepped(step: FaceStep): void {
    const { metrics, log } = this.#deps;
    const { rung, direction } = step;
    log.info({ job: this.#jobId, ...step }, direction === 'down' ? 'the face does with less' : 'the face does more');
    metrics.faceStepped(rung, direction);
    metrics.faceLevel(this.#rung, -1);
    metrics.faceLevel(rung, 1);
    if (SHOWN[rung] !== SHOWN[this.#rung]) this.#shows(SHOWN[rung] ?? 'moving');
    this.#rung = rung;
  }
}
