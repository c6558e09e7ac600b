import fs from 'node:fs';
import path from 'node:path';
import type { Logger } from 'pino';
import type { Erased } from '../../protocol/conversations.ts';
import type { Settings } from '../../settings/settings.ts';
import { OperatorError } from '../../telemetry/operator-error.ts';
import type { Admission } from '../auth/tokens.ts';
import { FolderBlobs } from '../blobs/folder.ts';
import type { Blobs } from '../blobs/port.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Rated } from '../ratings/ratings.ts';
import type { Agents, RoomMemory } from '../rooms/kept.ts';
import { type RoomListener, together } from '../rooms/listeners.ts';
import { KEEP_LOG_MS, type Rooms } from '../rooms/registry.ts';
import { isAgain } from '../rooms/returning.ts';
import { Database } from '../store/database.ts';
import { deleteConversation, doomed, erasePerson, expire, uploadsOf, withdraw } from '../store/erase.ts';
import { reasonOf } from '../store/errors.ts';
import { lockDataDir } from '../store/lock.ts';
import { closeGrowing, endSilent, type Unfinished, unfinishedSince } from '../store/unfinished.ts';
import { Journal } from './journal.ts';
import type { Deleted } from './live.ts';
import { Memories } from './memories.ts';
import { Recollections } from './recollections.ts';
import { eraseRecording, recordingsFolder } from './recordings.ts';
import { Scribe } from './scribe.ts';
import { VoiceLedger } from './voice-ledger.ts';
import { Writer } from './writer.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Clocks of servers are not further apart than that. */
const CLOCKS_DIFFER_MS = 24 * HOUR_MS;
/** At the end what waits is written, if that does not take longer; the rest stays in the journal. */
const LAST_WRITE_MS = 3000;
/** Who reads, waits so long for what has just been said. */
const READ_MS = 500;
/** Records after which the embedded database is swept before the hour is over. */
const TIDY_RECORDS = 20_000;
const RESUMABLE = { limit: 100, entries: 500 };

export interface ConversationsOptions {
  config: Pick<Settings, 'dataDir' | 'databaseUrl' | 'conversations'>;
  metrics: Metrics;
  log: Logger;
}

/** Everything that is kept of conversations: taken down, carried into the database, read, resumed and erased. */
export class Conversations {
  readonly database: Database;
  readonly scribe: Scribe;
  readonly recollections: Recollections;
  /** What is remembered of people, theirs to correct and erase. */
  readonly memories: Memories;
  /** Voices of people's own that are at vendors. */
  readonly voices: VoiceLedger;
  readonly #journal: Journal;
  readonly #writer: Writer;
  readonly #options: ConversationsOptions;
  readonly #tapes: Blobs;
  readonly #unlock: () => void;
  readonly #startedMs = Date.now();
  #unfinished: Unfinished[] = [];
  #rooms: Rooms | undefined;
  #agents: Agents | undefined;
  /** Deleted rows may still lie in the database's files. */
  #uncompacted = false;
  #minutely: NodeJS.Timeout | undefined;
  #upkeep: Promise<void> = Promise.resolve();
  #upkeptMs = Number.NEGATIVE_INFINITY;
  #upkeptRecords = 0;
  #closing: Promise<void> | undefined;

  /**
   * Opens the journal and, where it answers, the database. Throws OperatorError: DataDirInUseError, SchemaTooNewError or
   * what is wrong with the files. A PostgreSQL that is away is waited for in the background.
   */
  static async open(options: ConversationsOptions): Promise<Conversations> {
    const { config, log, metrics } = options;
    const unlock = lockDataDir(config.dataDir);
    let conversations: Conversations | undefined;
    try {
      const { journalMegabytes } = config.conversations;
      let poke = () => {};
      const journal: Journal = await Journal.open(path.join(config.dataDir, 'journal'), {
        maxBytes: journalMegabytes * 1024 * 1024,
        log,
        onChange: () => poke(),
      });
      conversations = new Conversations(options, journal, unlock);
      let dropped = 0;
      poke = () => {
        metrics.store.queued.set(journal.queued);
        metrics.store.queuedBytes.set(journal.bytes);
        metrics.store.diskFault.set(journal.fault === undefined ? 0 : 1);
        metrics.store.dropped.inc(journal.dropped - dropped);
        dropped = journal.dropped;
        conversations?.poke();
      };
      await conversations.#start();
      return conversations;
    } catch (error) {
      if (conversations === undefined) unlock();
      else await conversations.close();
      throw error;
    }
  }

  private constructor(options: ConversationsOptions, journal: Journal, unlock: () => void) {
    const { config, log, metrics } = options;
    this.#options = options;
    this.#tapes = new FolderBlobs(recordingsFolder(config.dataDir));
    this.#unlock = unlock;
    this.#journal = journal;
    this.database = new Database({
      dataDir: config.dataDir,
      url: config.databaseUrl,
      lost: () => metrics.process.workerRestarted('database'),
      used: cpuSeconds => metrics.process.threadUsed('database', cpuSeconds),
    });
    this.#writer = new Writer({ journal, database: this.database, metrics: metrics.store, log });
    this.scribe = new Scribe({
      append: record => void journal.append(record),
      failed: error => log.error({ err: error }, 'something in a conversation could not be taken down'),
      idleMs: config.conversations.idleMinutes * MINUTE_MS,
      changed: (room, why, person) => {
        if (why === 'withdrawn') room.stopRecording(person);
        this.#agents?.conversationChanged(room);
      },
    });
    this.recollections = new Recollections({
      database: this.database,
      log,
      present: (room, { admission: { persona } }) => ({
        conversation: this.scribe.conversationIn(room),
        persona: this.scribe.personaIn(room) ?? this.#agents?.personaFor(persona) ?? persona,
      }),
    });
    this.memories = new Memories({
      database: this.database,
      settled: () => this.settled(),
      changing: person => this.#agents?.memoriesChanging(person),
      changed: (person, now) => {
        for (const room of this.#rooms?.all ?? []) this.recollections.outdated(room, person);
        this.#agents?.memoriesChanged(person, now);
      },
      gone: () => this.#gone(),
    });
    this.voices = new VoiceLedger({ journal, database: this.database, settled: () => this.settled() });
    this.listener = together(this.scribe.listener, {
      joined: (room, seat) => this.recollections.begin(room, seat),
    });
  }

  readonly listener: Partial<RoomListener>;

  /** What agents need to know. */
  readonly memory: RoomMemory = {
    recall: (seat, room) => this.recollections.of(seat, room),
    conversation: room => this.scribe.conversationIn(room),
  };

  /** `waiting`: what is said waits in the journal, or in memory where the disk is full. */
  get state(): 'ok' | 'waiting' {
    return this.#journal.fault === undefined ? this.#writer.state : 'waiting';
  }

  /** Something is in the journal. */
  poke(): void {
    this.#writer.poke();
  }

  /** Who acts on what is kept, before anybody comes: people go on with conversations that were cut off, agents are told. */
  serve({ rooms, agents }: { rooms: Rooms; agents: Agents }): void {
    this.#rooms = rooms;
    this.#agents = agents;
    for (const { id, room, log, people } of this.#unfinished) {
      const isFor = (admission: Admission) => people.some(before => isAgain(admission, before));
      rooms.keep(room, { log, before: people });
      this.scribe.awaitReturn({ id, room, isFor });
    }
    this.#unfinished = [];
  }

  /** Resolves when everything said so far can be read. Throws `unavailable`. */
  settled(): Promise<void> {
    return this.#writer.drained();
  }

  /** The same, but reading does not wait long: then the latest words are not there yet. */
  async nearlySettled(): Promise<void> {
    await this.#writer.drained(READ_MS).catch(() => {});
  }

  /** For everybody. False when there is none. */
  remove(id: string): Promise<boolean> {
    return this.#delete([id], { isGone: conversation => conversation === id }, () =>
      deleteConversation(this.database.db, id),
    );
  }

  /** For one of its people. False when it is none of theirs. */
  withdraw(id: string, person: string): Promise<boolean> {
    return this.#delete([id], { isGone: conversation => conversation === id, person }, async () => {
      const { outcome } = await withdraw(this.database.db, id, person);
      return outcome !== 'not-theirs';
    });
  }

  /** Everything of a person; `removeUploads` is told which portraits were theirs. */
  async erase(person: string, removeUploads: (ids: string[]) => Promise<void>): Promise<Erased> {
    await this.settled();
    const { db } = this.database;
    const theirs = await db.selectFrom('participants').select('conversation_id').where('person', '=', person).execute();
    const ids = new Set(theirs.map(({ conversation_id }) => conversation_id));
    const deleted: Deleted = { isGone: (id, persons) => ids.has(id) || persons.has(person), person };
    return this.memories.changeAll(person, () =>
      this.#delete([...ids], deleted, async () => {
        await removeUploads(await uploadsOf(db, person));
        return erasePerson(db, person);
      }),
    );
  }

  /** Somebody has said what they think of a call. */
  rated({ conversation, identity, stars, line }: Rated): void {
    if (conversation === undefined) return;
    const atMs = Date.now();
    this.#journal.append({ type: 'rating', conversation, atMs, identity, stars, ...(line !== undefined && { line }) });
  }

  /** Somebody has made a portrait, or it is no more. */
  uploaded(upload: { id: string; person: string; expiresAtMs?: number }): void {
    this.#journal.append({ type: 'upload', atMs: Date.now(), ...upload });
  }
  uploadRemoved(id: string): void {
    this.#journal.append({ type: 'upload-removed', id, atMs: Date.now() });
  }

  /** After the rooms. What could not be written stays in the journal. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      clearInterval(this.#minutely);
      this.scribe.close();
      await this.#journal.flush();
      if (this.#writer.state === 'ok') await this.#writer.drained(LAST_WRITE_MS).catch(() => {});
      await this.#writer.close();
      await this.#journal.close();
      await this.database.close().catch(() => {});
      this.#unlock();
    })();
    return this.#closing;
  }

  async #start(): Promise<void> {
    const { config, log } = this.#options;
    await this.#tapes.tidy().catch(error => log.warn({ err: error }, 'the rest of an erased recording is still there'));
    // Making the first database takes seconds, and there is nothing in it to look at.
    const fresh =
      this.database.kind === 'pglite' && !fs.existsSync(path.join(config.dataDir, 'database', 'PG_VERSION'));
    let answers = !fresh;
    if (!fresh)
      try {
        await this.database.ready();
      } catch (error) {
        if (error instanceof OperatorError) throw error;
        answers = false;
        log.error({ reason: reasonOf(error) }, 'the database does not answer: what is said waits in the journal');
      }
    this.#writer.start();
    if (answers) await this.#pickUp().catch(error => log.error({ reason: reasonOf(error) }, 'nothing was picked up'));
    this.#minutely = setInterval(() => this.#everyMinute(), MINUTE_MS);
    this.#minutely.unref();
    if (answers) this.#everyMinute();
  }

  /** What the last process left behind: the journal's rest is written, what was being said is ended as it stands. */
  async #pickUp(): Promise<void> {
    const { db } = this.database;
    await this.#writer.drained();
    const server = this.#journal.id;
    const sinceMs = this.#startedMs - KEEP_LOG_MS;
    await closeGrowing(db, { server, beforeMs: this.#startedMs });
    await endSilent(db, { server, beforeMs: sinceMs, ending: 'lost' });
    this.#unfinished = await unfinishedSince(db, { server, sinceMs, ...RESUMABLE });
  }

  #everyMinute(): void {
    this.scribe.endIdle();
    const due = performance.now() - this.#upkeptMs >= HOUR_MS;
    if (this.#writer.state !== 'ok' || !(due || this.#writer.written - this.#upkeptRecords >= TIDY_RECORDS)) return;
    this.#upkeptMs = performance.now();
    this.#upkeptRecords = this.#writer.written;
    this.#upkeep = this.#upkeep
      .then(() => this.#keepUp())
      .catch(error => {
        // At the end it is cut off: the next start tidies.
        if (this.#closing === undefined)
          this.#options.log.warn({ reason: reasonOf(error) }, 'the database could not be tidied');
      });
  }

  async #keepUp(): Promise<void> {
    const { retentionDays, idleMinutes } = this.#options.config.conversations;
    const { db } = this.database;
    // Where the database was away at the start, this is still to be done.
    const server = this.#journal.id;
    const goingOn = this.scribe.unended;
    await closeGrowing(db, { server, beforeMs: this.#startedMs, goingOn });
    // Those of other servers may be going on, too: each ends its own, unless it is gone.
    const idleSinceMs = Date.now() - idleMinutes * MINUTE_MS;
    await endSilent(db, { server, beforeMs: idleSinceMs, goingOn, ending: 'idle' });
    await endSilent(db, { beforeMs: idleSinceMs - CLOCKS_DIFFER_MS, goingOn, ending: 'idle' });
    const expired = await expire(db, retentionDays, Date.now());
    if (expired.length > 0 || this.#uncompacted) await this.#gone();
    else await this.database.tidy();
    for (const id of expired) await this.#eraseRecording(id);
  }

  /** The scribe stops first: what is said while it is deleted would be written into what is left of it. */
  async #delete<T>(ids: string[], deleted: Deleted, act: () => Promise<T>): Promise<T> {
    const { rooms, conversations, goOn } = this.scribe.stop(deleted);
    const all = new Set([...ids, ...conversations]);
    const gone = new Map<string, Awaited<ReturnType<typeof doomed>>>();
    let done: T;
    try {
      await this.settled();
      for (const id of all) gone.set(id, await doomed(this.database.db, id, deleted.person));
      done = await act();
    } catch (error) {
      goOn();
      throw error;
    }
    if (done === false) {
      goOn();
      return done;
    }
    const more = this.scribe.waitNoMore(id => gone.get(id)?.only === undefined && gone.has(id));
    for (const room of [...rooms, ...more]) this.#rooms?.drop(room);
    // Out of the calls that go on, too.
    const struck = new Set([...gone.values()].flatMap(({ entries }) => entries));
    if (struck.size > 0) this.#rooms?.strike(struck);
    await this.#gone();
    for (const [id, { only }] of gone) await this.#eraseRecording(id, only);
    return done;
  }

  #eraseRecording(conversation: string, only?: readonly string[]): Promise<void> {
    return eraseRecording(this.#tapes, conversation, this.#agents, only);
  }

  /**
   * Out of the rows; now out of the files. The rows are gone whatever becomes of that: where it fails, it is tried again
   * at the next upkeep.
   */
  async #gone(): Promise<void> {
    await this.#journal.rotate();
    const compacted = this.#compact();
    // PostgreSQL sweeps in the background: nobody waits for it.
    if (this.database.kind === 'pglite') await compacted;
  }

  async #compact(): Promise<void> {
    try {
      await this.database.compact();
      this.#uncompacted = false;
    } catch (error) {
      this.#uncompacted = true;
      if (this.#closing === undefined)
        this.#options.log.warn({ reason: reasonOf(error) }, 'what was deleted is not out of the files yet');
    }
  }
}
