/** Puts journal records into the tables: a batch and the journal's new position in one transaction, or neither. */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { LogEntry } from '../../protocol/conversation.ts';
import { MEMORY_LIMITS } from '../../protocol/memory.ts';
import type { ConversationRecord, Journaled, RecordOf as Of } from './records.ts';
import type { Schema } from './schema.ts';
import { writeUploads } from './uploads.ts';
import { clean, date } from './values.ts';
import { writeVoices } from './voices.ts';

type Tx = Transaction<Schema>;

/** No sign that a conversation goes on. */
const AFTERWARDS: ReadonlySet<ConversationRecord['type']> = new Set(['end', 'leave', 'rating']);

/** What a batch comes to: of everything that was said again and again, the last word. */
class Folded {
  readonly begun: Of<'begin'>[] = [];
  readonly resumed: Of<'resume'>[] = [];
  readonly people = new Map<string, { came: Of<'join'> | undefined; left: Of<'leave'> | undefined }>();
  /** Comings and goings one by one; taken up again, with the sign of life before that in this batch. */
  readonly movements: (Of<'join' | 'leave'> | (Of<'resume'> & { silentSinceMs: number | undefined }))[] = [];
  readonly personas = new Map<string, Of<'persona'>>();
  readonly said = new Map<string, { first: Journaled; last: Of<'say'>; bornMs: number }>();
  readonly unsaid = new Map<string, Of<'unsay'>>();
  readonly turns = new Map<string, Of<'turn'>>();
  readonly ended = new Map<string, Of<'end'>>();
  readonly ratings: Of<'rating'>[] = [];
  readonly facts: Of<'facts'>[] = [];
  readonly uploads: Of<'upload'>[] = [];
  readonly uploadsRemoved: string[] = [];
  readonly voices = new Map<string, Of<'voice'>>();
  readonly voicesGone: string[] = [];
  /** Conversation → its latest sign of life. */
  readonly lastMs = new Map<string, number>();

  constructor(batch: readonly Journaled[]) {
    for (const each of batch) this.#take(each);
  }

  #take(each: Journaled): void {
    const { record } = each;
    if (record.type === 'join' || record.type === 'leave') this.movements.push(record);
    if (record.type === 'resume')
      this.movements.push({ ...record, silentSinceMs: this.lastMs.get(record.conversation) });
    if ('conversation' in record && !AFTERWARDS.has(record.type)) this.lastMs.set(record.conversation, record.atMs);
    const key = (name: string) => ('conversation' in record ? `${record.conversation} ${name}` : name);
    switch (record.type) {
      case 'begin':
        this.begun.push(record);
        return;
      case 'resume':
        this.ended.delete(record.conversation);
        this.resumed.push(record);
        return;
      case 'join':
        this.people.set(key(record.identity), { came: record, left: undefined });
        return;
      case 'leave':
        this.people.set(key(record.identity), { came: this.people.get(key(record.identity))?.came, left: record });
        return;
      case 'persona':
        this.personas.set(key(record.persona), record);
        return;
      case 'say': {
        const id = key(record.entry.id);
        this.unsaid.delete(id);
        const known = this.said.get(id);
        this.said.set(id, { first: known?.first ?? each, bornMs: known?.bornMs ?? record.atMs, last: record });
        return;
      }
      case 'unsay':
        this.said.delete(key(record.entryId));
        this.unsaid.set(key(record.entryId), record);
        return;
      case 'turn':
        this.turns.set(key(record.timing.turnId), record);
        return;
      case 'end':
        this.ended.set(record.conversation, record);
        return;
      case 'rating':
        this.ratings.push(record);
        return;
      case 'facts':
        this.facts.push(record);
        return;
      case 'upload':
        this.uploads.push(record);
        return;
      case 'upload-removed':
        this.uploadsRemoved.push(record.id);
        return;
      case 'voice':
        this.voices.set(record.name, record);
        return;
      case 'voice-gone':
        this.voices.delete(record.name);
        this.voicesGone.push(record.name);
        return;
    }
  }
}

/** How far this journal has been written: 0 for one that is not known. */
export async function journalPosition(db: Kysely<Schema>, journal: string): Promise<number> {
  const row = await db.selectFrom('journals').select('position').where('id', '=', journal).executeTakeFirst();
  return Number(row?.position ?? 0);
}

/** Writes a batch, oldest first. What has been written already is passed over, so that it arrives exactly once. */
export async function ingest(db: Kysely<Schema>, journal: string, batch: readonly Journaled[]): Promise<void> {
  const last = batch.at(-1);
  if (last === undefined) return;
  await db.transaction().execute(async tx => {
    const position = await journalPosition(tx as unknown as Kysely<Schema>, journal);
    const fresh = batch.filter(({ seq }) => seq > position);
    await write(tx, journal, new Folded(fresh));
    if (last.seq > position)
      await tx
        .insertInto('journals')
        .values({ id: journal, position: last.seq })
        .onConflict(conflict => conflict.column('id').doUpdateSet({ position: last.seq }))
        .execute();
  });
}

async function write(tx: Tx, server: string, batch: Folded): Promise<void> {
  if (batch.begun.length > 0)
    await tx
      .insertInto('conversations')
      .values(
        batch.begun.map(({ conversation, room, atMs }) => ({
          id: conversation,
          server,
          room: clean(room),
          started_at: date(atMs),
          last_at: date(atMs),
        })),
      )
      .onConflict(conflict => conflict.column('id').doNothing())
      .execute();
  const alive = await existing(tx, batch);
  for (const { conversation } of batch.resumed)
    await tx
      .updateTable('conversations')
      .set({ ended_at: null, ending: null, server })
      .where('id', '=', conversation)
      .execute();
  await people(tx, batch, alive);
  await stays(tx, batch, alive);
  await personas(tx, batch, alive);
  await messages(tx, batch, alive);
  await turns(tx, batch, alive);
  await ratings(tx, batch);
  for (const [conversation, lastMs] of batch.lastMs)
    await tx
      .updateTable('conversations')
      .set({ last_at: sql<Date>`greatest(last_at, ${date(lastMs)}::timestamptz)` })
      .where('id', '=', conversation)
      .execute();
  for (const { conversation, atMs, ending } of batch.ended.values())
    await tx
      .updateTable('conversations')
      .set({ ended_at: date(atMs), ending })
      .where('id', '=', conversation)
      .execute();
  for (const facts of batch.facts) await remember(tx, facts, alive);
  await writeUploads(tx, { added: batch.uploads, removed: batch.uploadsRemoved });
  await writeVoices(tx, server, { made: [...batch.voices.values()], gone: batch.voicesGone });
}

/** Of the conversations that a batch speaks of, those that nobody has deleted meanwhile. */
async function existing(tx: Tx, batch: Folded): Promise<Set<string>> {
  const named = new Set([
    ...batch.lastMs.keys(),
    ...[...batch.people.values()].flatMap(({ left }) => left?.conversation ?? []),
  ]);
  if (named.size === 0) return named;
  const rows = await tx
    .selectFrom('conversations')
    .select('id')
    .where('id', 'in', [...named])
    .orderBy('id')
    .forUpdate()
    .execute();
  return new Set(rows.map(({ id }) => id));
}

async function people(tx: Tx, batch: Folded, alive: Set<string>): Promise<void> {
  for (const { came, left } of batch.people.values()) {
    if (came !== undefined && alive.has(came.conversation))
      await tx
        .insertInto('participants')
        .values({
          conversation_id: came.conversation,
          identity: clean(came.identity),
          name: clean(came.name),
          person: came.person === undefined ? null : clean(came.person),
          joined_at: date(came.atMs),
        })
        .onConflict(conflict =>
          conflict.columns(['conversation_id', 'identity']).doUpdateSet({ name: clean(came.name), left_at: null }),
        )
        .execute();
    if (left !== undefined)
      await tx
        .updateTable('participants')
        .set({ left_at: date(left.atMs) })
        .where('conversation_id', '=', left.conversation)
        .where('identity', '=', clean(left.identity))
        .execute();
  }
}

async function stays(tx: Tx, { movements }: Folded, alive: Set<string>): Promise<void> {
  for (const record of movements) {
    const { type, conversation, atMs } = record;
    if (!alive.has(conversation)) continue;
    if (type === 'join') {
      await tx
        .insertInto('stays')
        .values({
          conversation_id: conversation,
          identity: clean(record.identity),
          joined_at: date(atMs),
          hears: record.hears !== false,
        })
        .onConflict(conflict => conflict.columns(['conversation_id', 'identity', 'joined_at']).doNothing())
        .execute();
      continue;
    }
    // Who was there when the server went down is not there for what others say when it is back.
    const leaving =
      type === 'leave'
        ? date(atMs)
        : sql<Date>`(select greatest(last_at, ${date(record.silentSinceMs ?? 0)}::timestamptz) from conversations
            where id = ${conversation})`;
    let query = tx
      .updateTable('stays')
      .set({ left_at: leaving })
      .where('conversation_id', '=', conversation)
      .where('left_at', 'is', null)
      .where('joined_at', '<=', date(atMs));
    if (type === 'leave') query = query.where('identity', '=', clean(record.identity));
    await query.execute();
  }
}

async function personas(tx: Tx, batch: Folded, alive: Set<string>): Promise<void> {
  for (const { conversation, persona, name, avatar, atMs } of batch.personas.values())
    if (alive.has(conversation))
      await tx
        .insertInto('personas_in_use')
        .values({ conversation_id: conversation, persona, name: clean(name), avatar, since: date(atMs) })
        .onConflict(conflict =>
          conflict.columns(['conversation_id', 'persona']).doUpdateSet({ name: clean(name), avatar }),
        )
        .execute();
}

async function messages(tx: Tx, batch: Folded, alive: Set<string>): Promise<void> {
  for (const { conversation, entryId } of batch.unsaid.values())
    await tx
      .deleteFrom('messages')
      .where('conversation_id', '=', conversation)
      .where('id', '=', clean(entryId))
      .execute();
  const rows = [...batch.said.values()]
    .filter(({ last }) => alive.has(last.conversation))
    .map(({ first, last, bornMs }) => messageRow(last.conversation, last.entry, first.seq, bornMs, last.atMs));
  if (rows.length === 0) return;
  await tx
    .insertInto('messages')
    .values(rows)
    .onConflict(conflict =>
      conflict.columns(['conversation_id', 'id']).doUpdateSet(({ ref }) => ({
        answers: ref('excluded.answers'),
        speaker_name: ref('excluded.speaker_name'),
        text: ref('excluded.text'),
        final: ref('excluded.final'),
        interrupted: ref('excluded.interrupted'),
        language: ref('excluded.language'),
        feeling: ref('excluded.feeling'),
        // Told again without another word (that it is final, say): it was spoken when it was spoken.
        spoken_until: sql<Date>`case when messages.text = excluded.text and messages.role = 'avatar'
          then messages.spoken_until else excluded.spoken_until end`,
      })),
    )
    .execute();
}

const messageRow = (conversation: string, entry: LogEntry, position: number, bornMs: number, atMs: number) => ({
  conversation_id: conversation,
  id: clean(entry.id),
  position,
  turn_id: clean(entry.turnId),
  answers: entry.answers === undefined ? null : JSON.stringify(entry.answers.map(clean)),
  speaker: clean(entry.speaker),
  speaker_name: clean(entry.speakerName),
  role: entry.role,
  source: entry.source,
  text: clean(entry.text),
  audience: entry.audience ?? null,
  final: entry.final,
  interrupted: entry.interrupted === true,
  language: entry.language ?? null,
  feeling: entry.feeling === undefined ? null : JSON.stringify(entry.feeling),
  spoken_at: date(entry.atMs),
  spoken_until: date(Math.max(atMs, entry.atMs)),
  created_at: date(bornMs),
});

async function turns(tx: Tx, batch: Folded, alive: Set<string>): Promise<void> {
  const rows = [...batch.turns.values()]
    .filter(({ conversation }) => alive.has(conversation))
    .map(({ conversation, timing, trace, atMs }) => ({
      conversation_id: conversation,
      turn_id: clean(timing.turnId),
      outcome: timing.outcome,
      source: timing.source,
      sounded: timing.sounded,
      voice_to_voice_ms: timing.voiceToVoiceMs,
      stages: JSON.stringify(timing.stages),
      trace: trace === undefined ? null : JSON.stringify({ ...trace, turnId: clean(trace.turnId) }),
      created_at: date(atMs),
    }));
  if (rows.length === 0) return;
  await tx
    .insertInto('turns')
    .values(rows)
    .onConflict(conflict => conflict.columns(['conversation_id', 'turn_id']).doNothing())
    .execute();
}

/** Of those who have taken out what is theirs, none. */
async function ratings(tx: Tx, batch: Folded): Promise<void> {
  for (const { conversation, identity, stars, line, atMs } of batch.ratings)
    await tx
      .insertInto('ratings')
      .columns(['conversation_id', 'identity', 'stars', 'line', 'rated_at'])
      .expression(({ selectFrom }) =>
        selectFrom('participants')
          .select(['conversation_id', 'identity'])
          .select([
            sql<number>`${stars}::integer`.as('stars'),
            sql<string | null>`${line === undefined ? null : clean(line)}::text`.as('line'),
            sql<Date>`${date(atMs)}::timestamptz`.as('rated_at'),
          ])
          .where('conversation_id', '=', conversation)
          .where('identity', '=', clean(identity)),
      )
      .onConflict(conflict => conflict.doNothing())
      .execute();
}

/** A newer statement takes the place of an older one, and of a correction; the oldest give way to new ones. */
async function remember(tx: Tx, told: Of<'facts'>, alive: Set<string>): Promise<void> {
  // Deleted meanwhile: what was said in it is not to come back by this way.
  if (!alive.has(told.conversation)) return;
  const at = date(told.atMs);
  const person = clean(told.person);
  for (const { key, value, text } of told.facts) {
    const said = {
      value: clean(value),
      text: clean(text),
      persona: told.persona ?? null,
      conversation_id: told.conversation,
      turn_id: clean(told.turnId),
      edited: false,
      updated_at: at,
    };
    await tx
      .insertInto('memories')
      .values({ id: crypto.randomUUID(), person, key, created_at: at, ...said })
      .onConflict(conflict => conflict.columns(['person', 'key']).doUpdateSet(said))
      .execute();
  }
  await tx
    .deleteFrom('memories')
    .where('id', 'in', query =>
      query
        .selectFrom('memories')
        .select('id')
        .where('person', '=', person)
        .orderBy('edited', 'desc')
        .orderBy('updated_at', 'desc')
        .orderBy('id')
        .offset(MEMORY_LIMITS.facts),
    )
    .execute();
}
