import { SightSource, type SightTrack } from '../../protocol/agents.ts';
import { type Consent, DEFAULT_CONSENT } from '../../protocol/feelings.ts';
import type { Reading } from '../feel/ports.ts';
import type { Sight } from '../think/sight.ts';
import type { JobDeps } from './deps.ts';
import type { Guest } from './guest.ts';

export interface OnlookerEvents {
  /** What somebody's face shows; null where no face is seen. */
  reading(identity: string, reading: Reading | null): void;
  /** A stream needs a keyframe. */
  lost(identity: string, source: SightSource): void;
}

/** Looks at the cameras and screens of one job, as far as their people allow. */
export class Onlooker implements Guest {
  readonly #eyes: JobDeps['eyes'];
  readonly #faces: JobDeps['faces'];
  readonly #jobId: string;
  readonly #events: OnlookerEvents;
  readonly #consents = new Map<string, Consent>();
  /** Streams that arrive. */
  readonly #seen = new Set<string>();
  /** Streams whose faces a model is asked about, each with what ends that; and those of which it is not for a while. */
  readonly #watched = new Map<string, () => void>();
  readonly #resting = new Set<string>();

  constructor({ eyes, faces }: Pick<JobDeps, 'eyes' | 'faces'>, jobId: string, events: OnlookerEvents) {
    this.#eyes = eyes;
    this.#faces = faces;
    this.#jobId = jobId;
    this.#events = events;
  }

  consent(identity: string, consent: Consent): void {
    this.#consents.set(identity, consent);
    for (const source of SightSource.options)
      if (this.#seen.has(this.#stream(identity, source))) this.#open(identity, source);
  }

  see({ identity, source }: SightTrack): void {
    this.#seen.add(this.#stream(identity, source));
    this.#open(identity, source);
  }

  unsee(identity: string, source: SightSource): void {
    const stream = this.#stream(identity, source);
    this.#unwatch(stream);
    if (this.#seen.delete(stream)) this.#eyes.shut(stream);
  }

  left(identity: string): void {
    for (const source of SightSource.options) this.unsee(identity, source);
    this.#consents.delete(identity);
  }

  saw(identity: string, source: SightSource, frame: Uint8Array): void {
    this.#eyes.push(this.#stream(identity, source), frame);
  }

  /** What a person shows now, with their consent: pictures of this moment, kept nowhere. */
  async look(identity: string, name: string, options: { signal: AbortSignal }): Promise<Sight[]> {
    if (this.#consents.get(identity)?.sight !== true) return [];
    const sights = SightSource.options.map(async source => {
      const jpeg = await this.#eyes.look(this.#stream(identity, source), options);
      return jpeg === undefined ? [] : [{ identity, name, source, jpeg }];
    });
    return (await Promise.all(sights)).flat();
  }

  close(): void {
    for (const stream of [...this.#watched.keys()]) this.#unwatch(stream);
    for (const stream of this.#seen) this.#eyes.shut(stream);
  }

  /** Opens a stream for what its person allows. */
  #open(identity: string, source: SightSource): void {
    const consent = this.#consents.get(identity) ?? DEFAULT_CONSENT;
    const stream = this.#stream(identity, source);
    const isWatched = source === 'camera' && this.#faces?.allows(consent) === true;
    if (!isWatched) this.#unwatch(stream);
    else if (!this.#watched.has(stream)) this.#watch(stream, identity);
    const isRead = consent.feelings && source === 'camera' && (!isWatched || this.#resting.has(stream));
    this.#eyes.open(stream, isRead, {
      reading: reading => this.#events.reading(identity, reading),
      lost: () => this.#events.lost(identity, source),
    });
  }

  /** A model reads the face; while it is left alone, the eyes do. */
  #watch(stream: string, identity: string): void {
    const stop = this.#faces?.watch(stream, {
      reading: reading => this.#events.reading(identity, reading),
      resting: isResting => {
        if (isResting) this.#resting.add(stream);
        else this.#resting.delete(stream);
        this.#open(identity, 'camera');
      },
    });
    if (stop !== undefined) this.#watched.set(stream, stop);
  }

  #unwatch(stream: string): void {
    this.#watched.get(stream)?.();
    this.#watched.delete(stream);
    this.#resting.delete(stream);
  }

  /** Name of a stream among those of all conversations. */
  #stream(identity: string, source: SightSource): string {
    return `${this.#jobId}/${source}/${identity}`;
  }
}
