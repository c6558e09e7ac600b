/** Voices made of people's own, for their portraits: made with their consent, and removed at the vendor with what they belong to. */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { HostHello } from '../../protocol/agents.ts';
import { type ConsentSentence, OwnVoiceMade } from '../../protocol/own-voice.ts';
import type { VoiceLedger } from '../conversations/voice-ledger.ts';
import type { Dispatcher } from '../hosts/dispatcher.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { PortraitMeta, PortraitStore } from '../portraits/store.ts';
import type { KeptVoice } from '../store/voices.ts';
import { Consents } from './consents.ts';
import { consentOver, notMade, notOffered, tooMany } from './faults.ts';

/** A host gives up sooner, and says so. */
const MAKING_MS = 100_000;
const FORGETTING_MS = 25_000;
/** Until then a voice whose vendor has said nothing may still come into being there. */
const SETTLED_MS = 5 * 60_000;
const SWEEP_EVERY_MS = 60_000;
/** What cannot be removed is tried again: after a minute, then twice as long each time. */
const RETRY_MOST_MS = 3600_000;
/** Recordings that are worked on at once: each is sent to a host whole [C2]. */
const AT_ONCE = 2;
/** The vendor was never asked. */
const NEVER_ASKED: ReadonlySet<string> = new Set([
  'busy',
  'not-audio',
  'too-short',
  'too-long',
  'too-quiet',
  'not-consented',
]);

export interface OwnVoicesDeps {
  dispatcher: Pick<Dispatcher, 'hosts'>;
  store: PortraitStore;
  /** Absent where nothing is kept: then no voices are made, as nobody would remember to remove them. */
  ledger: VoiceLedger | undefined;
  metrics: Metrics['ownVoices'];
  log: Logger;
  nowMs?: () => number;
}

/** Names the portrait of somebody who has shown its owner's secret. */
export interface Owner {
  portrait: string;
  secret: string;
}

export class OwnVoices {
  readonly #deps: OwnVoicesDeps;
  readonly #nowMs: () => number;
  readonly #consents: Consents;
  /** Names of those that are being made. */
  readonly #making = new Set<string>();
  /** Those that could not be removed: until when they are left alone, and how long that is. */
  readonly #failed = new Map<string, { untilMs: number; restMs: number }>();
  #sweeping: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: OwnVoicesDeps) {
    this.#deps = deps;
    this.#nowMs = deps.nowMs ?? Date.now;
    this.#consents = new Consents(this.#nowMs);
  }

  /** They can be made here now. */
  get offered(): boolean {
    return this.#host !== undefined;
  }

  /** Removes what is no longer anybody's, now and then. */
  keepTidy(): void {
    this.#timer = setInterval(() => void this.sweep(), SWEEP_EVERY_MS).unref();
  }

  /** What is to be read aloud. Throws PortraitError where no voices are made. */
  sentence(portrait: string, language: string): ConsentSentence {
    const host = this.#host;
    if (host === undefined) throw notOffered();
    return this.#consents.ask(portrait, language, host.cloning.languages);
  }

  /** Makes a voice of a WAV file, of which nothing is kept. Throws PortraitError. */
  async make({ portrait, secret }: Owner, consentId: string, wav: Uint8Array): Promise<PortraitMeta | 'gone'> {
    const { ledger, store, log } = this.#deps;
    const host = this.#host;
    if (host === undefined || ledger === undefined) throw notOffered();
    if (this.#making.size >= AT_ONCE) throw tooMany();
    const consent = this.#consents.take(portrait, consentId);
    if (consent === undefined) throw consentOver();
    const name = `visavis-${randomBytes(15).toString('base64url')}`;
    const { vendor } = host.cloning;
    this.#making.add(name);
    try {
      if (!(await ledger.begin({ name, portrait, vendor }))) throw notMade('failed');
      const { sentence, words, language } = consent;
      const asked = { name, sentence, words, language, wav };
      const made = await host.request('own-voice.make', asked, MAKING_MS).then(OwnVoiceMade.parse, (error: unknown) => {
        log.warn({ host: host.id, reason: String(error) }, 'a host made no voice of a recording');
        return { made: false as const, why: 'failed' as const };
      });
      if (!made.made) {
        if (NEVER_ASKED.has(made.why)) ledger.gone(name);
        throw notMade(made.why);
      }
      const { voice } = made;
      ledger.made({ name, portrait, vendor: made.vendor, voice });
      const meta = await store.giveOwnVoice(portrait, secret, { name, vendor: made.vendor, voice });
      return typeof meta === 'string' ? 'gone' : meta;
    } finally {
      this.#making.delete(name);
      // The voice before it, or this one where the portrait has gone meanwhile.
      void this.sweep();
    }
  }

  /** It is not used any more from now on, and removed at the vendor as soon as that can be. */
  async remove({ portrait, secret }: Owner): Promise<PortraitMeta | 'not-found' | 'forbidden'> {
    const meta = await this.#deps.store.giveOwnVoice(portrait, secret, undefined);
    void this.sweep();
    return meta;
  }

  /** Has those removed at their vendors that belong to no portrait any more. Never rejects. */
  sweep(): Promise<void> {
    this.#sweeping = (this.#sweeping ?? Promise.resolve())
      .then(() => this.#sweep())
      .catch(error =>
        this.#deps.log.warn({ reason: String(error) }, 'voices of people’s own could not be looked after'),
      );
    return this.#sweeping;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  async #sweep(): Promise<void> {
    const { ledger, store, metrics } = this.#deps;
    if (ledger === undefined) return;
    let [used, leaving] = [0, 0];
    for (const voice of await ledger.all()) {
      const settled = voice.voice !== undefined || this.#nowMs() - voice.createdAtMs >= SETTLED_MS;
      if (this.#making.has(voice.name) || (await store.speaksWith(voice.portrait, voice.name))) used += 1;
      else if (!settled || !(await this.#forget(voice))) leaving += 1;
    }
    metrics.set({ state: 'used' }, used);
    metrics.set({ state: 'leaving' }, leaving);
  }

  /** Whether it is gone. */
  async #forget({ name, vendor, voice }: KeptVoice): Promise<boolean> {
    const failed = this.#failed.get(name);
    if (failed !== undefined && failed.untilMs > this.#nowMs()) return false;
    const host = this.#hostWith(vendor);
    if (host === undefined) return false;
    const asked = { name, vendor, ...(voice !== undefined && { voice }) };
    const gone = await host.request('own-voice.forget', asked, FORGETTING_MS).catch(() => false);
    if (gone === true) {
      this.#deps.ledger?.gone(name);
      this.#failed.delete(name);
      return true;
    }
    const restMs = Math.min(RETRY_MOST_MS, failed === undefined ? SWEEP_EVERY_MS : failed.restMs * 2);
    this.#failed.set(name, { untilMs: this.#nowMs() + restMs, restMs });
    return false;
  }

  /** The one that makes them, with the least to do. */
  get #host() {
    if (this.#deps.ledger === undefined) return undefined;
    return this.#deps.dispatcher.hosts
      .flatMap(host => (host.ready && host.cloning !== undefined ? [host as typeof host & Required<Cloning>] : []))
      .sort((a, b) => a.status.load - b.status.load)[0];
  }

  /** One that makes them at this vendor, or at least may know it. */
  #hostWith(vendor: string) {
    const ready = this.#deps.dispatcher.hosts.filter(host => host.ready);
    return ready.find(host => host.cloning?.vendor === vendor) ?? ready[0];
  }
}

type Cloning = Pick<HostHello, 'cloning'>;
