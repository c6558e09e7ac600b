import { expect, it } from 'vitest';
import type { LogEntry } from '../../../protocol/conversation.ts';
import type { TurnTrace } from '../../../protocol/trace.ts';
import { readTraces } from '../conversations.ts';
import { ingest, journalPosition } from '../ingest.ts';
import type { ConversationRecord } from '../records.ts';
import { EVERYTHING, JOURNAL, type StoreSubject, said, T0, TIMING } from './subject.ts';

const TRACE: TurnTrace = {
  ...{ turnId: 't1', outcome: 'completed', source: 'voice', sounded: true, voiceToVoiceMs: 480.5, atMs: T0 },
  ...{ cached: false, resumed: true },
  spans: [{ name: 'tts', startMs: 300.5, durationMs: 80, firstSoundMs: 80 }],
};

/** What was said is kept as it was. */
export function keeps(subject: StoreSubject): void {
  const { journaled, write, read, begun } = subject;

  it('keeps a conversation as it was: who, what, in which order, how it was felt, how long answers took', async () => {
    const { conversation, say } = await begun('p-ann');
    const feeling = {
      label: 'happy' as const,
      valence: 0.6,
      arousal: 0.4,
      confidence: 0.7,
      sources: ['face' as const],
    };
    await write(
      say(said('t1', 'Où est la “mer”? 🌊', { language: 'fr', feeling }), T0 + 1000),
      say(
        said('t1:avatar', 'The sea is', {
          turnId: 't1',
          speaker: 'avatar',
          speakerName: 'Ollie',
          role: 'avatar',
          atMs: T0 + 2000,
          final: false,
        }),
        T0 + 2500,
      ),
      { type: 'turn', conversation, timing: TIMING, atMs: T0 + 2600 },
      say(
        said('t1:avatar', 'The sea is every', {
          turnId: 't1',
          speaker: 'avatar',
          speakerName: 'Ollie',
          role: 'avatar',
          atMs: T0 + 2000,
          interrupted: true,
        }),
        T0 + 3100,
      ),
      { type: 'leave', conversation, identity: 'ann-1', atMs: T0 + 4000 },
      { type: 'end', conversation, ending: 'left', atMs: T0 + 4000 },
      { type: 'rating', conversation, identity: 'ann-1', stars: 4, line: 'It was kind.', atMs: T0 + 9000 },
      { type: 'rating', conversation, identity: 'nobody', stars: 1, atMs: T0 + 9000 },
    );
    const at = (ms: number) => new Date(T0 + ms).toISOString();
    expect(await read(conversation)).toEqual({
      id: conversation,
      room: 'red',
      startedAt: at(0),
      lastAt: at(3100),
      endedAt: at(4000),
      ending: 'left',
      participants: [
        { identity: 'ann-1', name: 'Ann', person: 'p-ann', you: false, joinedAt: at(0), leftAt: at(4000) },
      ],
      personas: [{ persona: 'ollie', name: 'Ollie', avatar: 'ollie', since: at(0) }],
      messageCount: 2,
      ratings: [{ identity: 'ann-1', stars: 4, line: 'It was kind.', ratedAt: at(9000) }],
      messages: [
        {
          ...{ id: 't1', turnId: 't1', speaker: 'ann-1', speakerName: 'Ann', role: 'user', source: 'voice' },
          ...{ audience: null, text: 'Où est la “mer”? 🌊', final: true, interrupted: false, language: 'fr', feeling },
          ...{ spokenAt: at(0), spokenUntil: at(1000), createdAt: at(1000), timing: null },
        },
        {
          ...{ id: 't1:avatar', turnId: 't1', speaker: 'avatar', speakerName: 'Ollie', role: 'avatar' },
          ...{
            audience: null,
            source: 'voice',
            text: 'The sea is every',
            final: true,
            interrupted: true,
            language: null,
          },
          ...{ feeling: null, spokenAt: at(2000), spokenUntil: at(3100), createdAt: at(2500) },
          timing: { ...TIMING, turnId: undefined },
        },
      ].map(message => JSON.parse(JSON.stringify(message))),
    });
  });

  it('keeps the trace of each turn, and tells it to those who heard something of the turn', async () => {
    const { conversation, say } = await begun('p-traced');
    const turn = (turnId: string, atMs: number, traced = true): ConversationRecord => ({
      ...{ type: 'turn', conversation, atMs, timing: { ...TIMING, turnId } },
      ...(traced && { trace: { ...TRACE, turnId } }),
    });
    await write(say(said('t1', 'Hello')), turn('t1', T0 + 1), turn('t2', T0 + 2), turn('untraced', T0 + 3, false));
    expect(await readTraces(subject.database.db, conversation, EVERYTHING)).toEqual([
      TRACE,
      { ...TRACE, turnId: 't2' },
    ]);
    expect(await readTraces(subject.database.db, conversation, EVERYTHING, 't2')).toEqual([{ ...TRACE, turnId: 't2' }]);
    expect(await readTraces(subject.database.db, conversation, { all: false, you: 'p-traced' })).toEqual([TRACE]);
    expect(await readTraces(subject.database.db, conversation, { all: false, you: 'somebody-else' })).toEqual([]);
  });

  it('takes each record once, however often it is handed in', async () => {
    const { conversation, say } = await begun();
    const batch = journaled([
      say(said('a', 'first')),
      say(said('b', 'second')),
      { type: 'unsay', conversation, entryId: 'b', atMs: T0 },
    ]);
    await ingest(subject.database.db, JOURNAL, batch);
    await write(say(said('a', 'first, corrected')));
    await ingest(subject.database.db, JOURNAL, batch);
    expect((await read(conversation))?.messages.map(({ text }) => text)).toEqual(['first, corrected']);
    expect(await journalPosition(subject.database.db, JOURNAL)).toBe(subject.seq);
  });

  it('takes a batch whole or not at all', async () => {
    const { conversation, say } = await begun();
    const position = await journalPosition(subject.database.db, JOURNAL);
    const broken = { ...said('b', 'broken'), role: null } as unknown as LogEntry;
    await expect(
      ingest(subject.database.db, JOURNAL, [
        { seq: position + 1, record: say(said('a', 'whole')) },
        { seq: position + 2, record: say(broken) },
      ]),
    ).rejects.toThrow();
    expect((await read(conversation))?.messages).toEqual([]);
    expect(await journalPosition(subject.database.db, JOURNAL)).toBe(position);
  });

  it('keeps what no database can hold as well as it can: NUL and half characters', async () => {
    const { conversation, say } = await begun();
    await write(say(said('a', 'nul\u0000 half\ud83d')));
    expect((await read(conversation))?.messages[0]?.text).toBe('nul half\ufffd');
  });

  it('keeps transactions apart from what others ask meanwhile', async () => {
    const { conversation, say } = await begun();
    const writing = (async () => {
      for (let i = 0; i < 20; i++) await write(say(said(`m${i}`, `${i}`)));
    })();
    const reading = await Promise.all([...Array(20).keys()].map(() => read(conversation)));
    await writing;
    expect(reading.every(each => each !== undefined)).toBe(true);
    expect((await read(conversation))?.messageCount).toBe(20);
  });
}
