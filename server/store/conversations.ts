/** Reading what was kept. */
import { type ExpressionBuilder, type Kysely, type Selectable, type SqlBool, sql } from 'kysely';
import type { TurnTiming } from '../../protocol/conversation.ts';
import type {
  Conversation,
  ConversationQuery,
  ConversationSummary,
  Message,
  Participant,
  PersonaInUse,
} from '../../protocol/conversations.ts';
import { RequestError } from '../../protocol/errors.ts';
import type { Feeling } from '../../protocol/feelings.ts';
import type { TurnTrace } from '../../protocol/trace.ts';
import type { MessagesTable, ParticipantsTable, Schema } from './schema.ts';

const EXCERPT_LENGTH = 200;
/** Of one conversation, told at once. */
const MOST_TRACES = 1000;

/**
 * What may be seen: everything, or of a person's conversations what they heard; `you` is who asks. How people felt is seen
 * by themselves, and with everything unless `feelings` is false.
 */
export interface Scope {
  all: boolean;
  you?: string;
  feelings?: boolean;
  /** Of that only what an avatar may know of. */
  forAvatar?: boolean;
}

/** A message, and who its speaker is from call to call, where that is known. */
export type Spoken = Omit<Message, 'timing'> & { person: string | null; answers: string[] | null };

type Builder = ExpressionBuilder<Schema, 'conversations'>;

/** Of the conversations that may be seen, those asked for, newest first. */
export async function listConversations(
  db: Kysely<Schema>,
  asked: ConversationQuery,
  scope: Scope,
): Promise<{ conversations: ConversationSummary[]; next: string | null }> {
  const words = wordsOf(asked.query);
  const after = asked.cursor === undefined ? undefined : readCursor(asked.cursor);
  const rows = await db
    .selectFrom('conversations')
    .selectAll()
    .select(eb => [
      eb
        .selectFrom('messages')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .whereRef('messages.conversation_id', '=', 'conversations.id')
        .where(heard(scope))
        .as('messageCount'),
      eb
        .selectFrom('messages')
        .select('text')
        .whereRef('messages.conversation_id', '=', 'conversations.id')
        .where(heard(scope))
        .where(({ and, eb: of }) => and(words.map(word => of('text', 'ilike', word))))
        .orderBy('position')
        .limit(1)
        .as('excerpt'),
    ])
    .where(eb => visible(eb, scope))
    .where(({ and, exists, selectFrom, eb }) =>
      and([
        ...(words.length > 0
          ? [
              exists(
                selectFrom('messages')
                  .select('messages.id')
                  .whereRef('messages.conversation_id', '=', 'conversations.id')
                  .where(heard(scope))
                  .where(({ and: all, eb: of }) => all(words.map(word => of('messages.text', 'ilike', word)))),
              ),
            ]
          : []),
        ...(asked.person !== undefined ? [tookPart(eb, asked.person)] : []),
        ...(asked.persona !== undefined ? [wasWith(eb, asked.persona)] : []),
        ...(asked.room !== undefined ? [eb('room', '=', asked.room)] : []),
        ...(asked.from !== undefined ? [eb('started_at', '>=', new Date(asked.from))] : []),
        ...(asked.to !== undefined ? [eb('started_at', '<', new Date(asked.to))] : []),
        ...(after !== undefined
          ? [sql<SqlBool>`(started_at, id) < (${after.startedAt}::timestamptz, ${after.id}::uuid)`]
          : []),
      ]),
    )
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(asked.limit + 1)
    .execute();
  const page = rows.slice(0, asked.limit);
  const company = await companyOf(
    db,
    page.map(({ id }) => id),
    scope,
  );
  const last = page.at(-1);
  return {
    conversations: page.map(row => ({
      ...summary(row, company),
      messageCount: Number(row.messageCount ?? 0),
      excerpt: (row.excerpt ?? '').slice(0, EXCERPT_LENGTH),
    })),
    next: rows.length > page.length && last !== undefined ? cursorOf(last) : null,
  };
}

/** One conversation with everything said in it; undefined when there is none, or it may not be seen. */
export async function readConversation(
  db: Kysely<Schema>,
  id: string,
  scope: Scope,
): Promise<Conversation | undefined> {
  const row = await db
    .selectFrom('conversations')
    .selectAll()
    .where('id', '=', id)
    .where(eb => visible(eb, scope))
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const [company, messages, turns, ratings] = await Promise.all([
    companyOf(db, [id], scope),
    db
      .selectFrom('messages')
      .selectAll()
      .where('conversation_id', '=', id)
      .where(heard(scope))
      .orderBy('position')
      .execute(),
    db.selectFrom('turns').selectAll().where('conversation_id', '=', id).execute(),
    db.selectFrom('ratings').selectAll().where('conversation_id', '=', id).orderBy('rated_at').execute(),
  ]);
  const timings = new Map(turns.map(turn => [turn.turn_id, turn]));
  const yours = new Set(company.get(id)?.participants.flatMap(({ you, identity }) => (you ? [identity] : [])));
  return {
    ...summary(row, company),
    messageCount: messages.length,
    ratings: ratings
      .filter(({ identity }) => scope.all || yours.has(identity))
      .map(({ identity, stars, line, rated_at }) => ({ identity, stars, line, ratedAt: rated_at.toISOString() })),
    messages: messages.map(message => {
      const turn = message.role === 'avatar' ? timings.get(message.turn_id) : undefined;
      return {
        ...messageOf(message, seesFeelings(scope) || yours.has(message.speaker)),
        timing:
          turn === undefined
            ? null
            : {
                outcome: turn.outcome,
                source: turn.source,
                sounded: turn.sounded,
                voiceToVoiceMs: turn.voice_to_voice_ms,
                stages: turn.stages as TurnTiming['stages'],
              },
      };
    }),
  };
}

/** There is such a conversation, and it may be seen. */
export async function maySee(db: Kysely<Schema>, id: string, scope: Scope): Promise<boolean> {
  const row = await db
    .selectFrom('conversations')
    .select('id')
    .where('id', '=', id)
    .where(eb => visible(eb, scope))
    .executeTakeFirst();
  return row !== undefined;
}

/** The turns of a conversation explained, of those in which something was said that may be seen; oldest first. */
export async function readTraces(db: Kysely<Schema>, id: string, scope: Scope, turnId?: string): Promise<TurnTrace[]> {
  const rows = await db
    .selectFrom('turns')
    .select('trace')
    .where('conversation_id', '=', id)
    .where('trace', 'is not', null)
    .where(({ eb, val }) => (turnId === undefined ? val(true) : eb('turn_id', '=', turnId)))
    .where(({ or, exists, selectFrom, val }) =>
      or([
        val(scope.all),
        exists(
          selectFrom('messages')
            .select('messages.id')
            .whereRef('messages.conversation_id', '=', 'turns.conversation_id')
            .whereRef('messages.turn_id', '=', 'turns.turn_id')
            .where(heard(scope)),
        ),
      ]),
    )
    .orderBy('created_at')
    .limit(MOST_TRACES)
    .execute();
  return rows.flatMap(({ trace }) => (trace === null ? [] : [trace as TurnTrace]));
}

/** The end of the last conversation that a person had with a persona, as both heard it, oldest first. */
export async function lastWords(
  db: Kysely<Schema>,
  asked: { person: string; persona?: string; but?: string; limit: number },
): Promise<Spoken[]> {
  const { person, persona, but, limit } = asked;
  const last = await db
    .selectFrom('conversations')
    .select('id')
    .where(eb => tookPart(eb, person))
    .where(eb => (persona === undefined ? eb.val(true) : wasWith(eb, persona)))
    .where(eb => (but === undefined ? eb.val(true) : eb('id', '!=', but)))
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('messages')
          .select('messages.id')
          .whereRef('messages.conversation_id', '=', 'conversations.id')
          .where('role', '=', 'user')
          .where('audience', 'is', null)
          .where(heard({ all: false, you: person })),
      ),
    )
    .orderBy('last_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last === undefined ? [] : tailOf(db, last.id, limit, { all: false, you: person, forAvatar: true });
}

/** What was said last in a conversation, oldest first. */
export async function tailOf(db: Kysely<Schema>, id: string, limit: number, scope: Scope): Promise<Spoken[]> {
  const rows = await db
    .selectFrom('messages')
    .selectAll()
    .select(({ selectFrom }) =>
      selectFrom('participants')
        .select('participants.person')
        .whereRef('participants.conversation_id', '=', 'messages.conversation_id')
        .whereRef('participants.identity', '=', 'messages.speaker')
        .as('person'),
    )
    .where('conversation_id', '=', id)
    .where('final', '=', true)
    .where(heard(scope))
    .$if(scope.forAvatar === true, query => query.where('audience', 'is', null))
    .orderBy('position', 'desc')
    .limit(limit)
    .execute();
  return rows.reverse().map(row => ({
    ...messageOf(row, seesFeelings(scope) || (row.person !== null && row.person === scope.you)),
    person: row.person,
    answers: row.answers as string[] | null,
  }));
}

const seesFeelings = ({ all, feelings = all }: Scope): boolean => all && feelings;

const visible = (eb: Builder, { all, you }: Scope) =>
  all ? eb.val(true) : you === undefined ? eb.val(false) : tookPart(eb, you);

/** What was said while they were there, and what they said themselves: who comes later has not heard it. */
const heard =
  ({ all, you }: Scope) =>
  ({ val, exists, selectFrom }: ExpressionBuilder<Schema, 'messages'>) =>
    all
      ? val(true)
      : exists(
          selectFrom('participants')
            .innerJoin('stays', join =>
              join
                .onRef('stays.conversation_id', '=', 'participants.conversation_id')
                .onRef('stays.identity', '=', 'participants.identity'),
            )
            .select('stays.identity')
            .whereRef('participants.conversation_id', '=', 'messages.conversation_id')
            .where('participants.person', '=', you ?? null)
            .where(({ or, and, eb, ref }) =>
              or([
                eb('messages.speaker', '=', ref('participants.identity')),
                // By the clock of the server that put both down.
                and([
                  eb('stays.hears', '=', true),
                  eb('messages.created_at', '>=', ref('stays.joined_at')),
                  or([eb('stays.left_at', 'is', null), eb('messages.created_at', '<=', ref('stays.left_at'))]),
                ]),
              ]),
            ),
        );

const tookPart = ({ exists, selectFrom }: Builder, person: string) =>
  exists(
    selectFrom('participants')
      .select('participants.identity')
      .whereRef('participants.conversation_id', '=', 'conversations.id')
      .where('participants.person', '=', person),
  );

const wasWith = ({ exists, selectFrom }: Builder, persona: string) =>
  exists(
    selectFrom('personas_in_use')
      .select('personas_in_use.persona')
      .whereRef('personas_in_use.conversation_id', '=', 'conversations.id')
      .where('personas_in_use.persona', '=', persona),
  );

type Company = Map<string, { participants: Participant[]; personas: PersonaInUse[] }>;

async function companyOf(db: Kysely<Schema>, ids: string[], { all, you }: Scope): Promise<Company> {
  const company: Company = new Map(ids.map(id => [id, { participants: [], personas: [] }]));
  if (ids.length === 0) return company;
  const [participants, personas] = await Promise.all([
    db.selectFrom('participants').selectAll().where('conversation_id', 'in', ids).orderBy('joined_at').execute(),
    db.selectFrom('personas_in_use').selectAll().where('conversation_id', 'in', ids).orderBy('since').execute(),
  ]);
  const yours = participants.filter(({ person }) => person !== null && person === you);
  // Whom they have never met is none of their business.
  const met = participants.filter(
    each => all || yours.some(own => own.conversation_id === each.conversation_id && overlap(own, each)),
  );
  for (const { conversation_id, identity, name, person, joined_at, left_at } of met)
    company.get(conversation_id)?.participants.push({
      identity,
      name,
      ...(all && person !== null && { person }),
      you: person !== null && person === you,
      joinedAt: joined_at.toISOString(),
      leftAt: left_at?.toISOString() ?? null,
    });
  for (const { conversation_id, persona, name, avatar, since } of personas)
    company.get(conversation_id)?.personas.push({ persona, name, avatar, since: since.toISOString() });
  return company;
}

type Time = Pick<Selectable<ParticipantsTable>, 'joined_at' | 'left_at'>;
const overlap = (a: Time, b: Time): boolean =>
  (a.left_at === null || b.joined_at <= a.left_at) && (b.left_at === null || a.joined_at <= b.left_at);

const summary = (
  row: { id: string; room: string; started_at: Date; last_at: Date; ended_at: Date | null; ending: string | null },
  company: Company,
) => ({
  id: row.id,
  room: row.room,
  startedAt: row.started_at.toISOString(),
  lastAt: row.last_at.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
  ending: row.ending,
  participants: company.get(row.id)?.participants ?? [],
  personas: company.get(row.id)?.personas ?? [],
});

type MessageRow = Omit<MessagesTable, 'answers' | 'feeling' | 'spoken_at' | 'spoken_until' | 'created_at'> & {
  feeling: unknown;
  spoken_at: Date;
  spoken_until: Date;
  created_at: Date;
};

const messageOf = (row: MessageRow, felt: boolean): Omit<Message, 'timing'> => ({
  id: row.id,
  turnId: row.turn_id,
  speaker: row.speaker,
  speakerName: row.speaker_name,
  role: row.role,
  source: row.source,
  text: row.text,
  audience: row.audience,
  final: row.final,
  interrupted: row.interrupted,
  language: row.language,
  feeling: felt ? (row.feeling as Feeling | null) : null,
  spokenAt: row.spoken_at.toISOString(),
  spokenUntil: row.spoken_until.toISOString(),
  createdAt: row.created_at.toISOString(),
});

/** Patterns of the words that are looked for; what means something to LIKE is meant as it stands. */
const wordsOf = (query = ''): string[] =>
  query
    .split(/\s+/)
    .filter(word => word !== '')
    .map(word => `%${word.replaceAll('\u0000', '').replace(/[\\%_]/g, '\\$&')}%`);

const cursorOf = ({ started_at, id }: { started_at: Date; id: string }) =>
  Buffer.from(`${started_at.toISOString()} ${id}`).toString('base64url');

function readCursor(cursor: string): { startedAt: string; id: string } {
  const match = /^(\d{4}-\S+Z) ([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString());
  if (match === null)
    throw new RequestError('bad-request', 'cursor: pass "next" of the page before as it is, or leave it out');
  return { startedAt: match[1]!, id: match[2]! };
}
