import {
  DataPacket,
  DataStream_Chunk,
  DataStream_Header,
  DataStream_TextHeader,
  DataStream_Trailer,
} from '@livekit/protocol';
import { describe, expect, it } from 'vitest';
import { type Text, TextReader, writeText } from './text-streams.ts';

/** As a server passes it on: it says from whom it comes. */
const from = (identity: string, packet: DataPacket): DataPacket => {
  const passed = DataPacket.fromBinary(packet.toBinary());
  passed.participantIdentity = identity;
  return passed;
};
const reader = (nowMs?: () => number) => {
  const read: { from: string; text: Text }[] = [];
  return { read, reader: new TextReader((who, text) => read.push({ from: who, text }), nowMs) };
};
const header = (streamId: string, over: Partial<DataStream_Header> = {}) =>
  new DataPacket({
    value: {
      case: 'streamHeader',
      value: new DataStream_Header({
        streamId,
        topic: 'lk.chat',
        contentHeader: { case: 'textHeader', value: new DataStream_TextHeader() },
        ...over,
      }),
    },
  });
const chunk = (streamId: string, text: string) =>
  new DataPacket({
    value: { case: 'streamChunk', value: new DataStream_Chunk({ streamId, content: Buffer.from(text) }) },
  });
const trailer = (streamId: string) =>
  new DataPacket({ value: { case: 'streamTrailer', value: new DataStream_Trailer({ streamId }) } });

describe('a text in a LiveKit room', () => {
  it('arrives as it was written, with its topic and attributes', () => {
    const { read, reader: texts } = reader();
    const text = { topic: 'lk.chat', text: 'Grüße 👋', attributes: { a: 'b' } };
    for (const packet of writeText(text)) texts.add(from('ann', packet));
    expect(read).toEqual([{ from: 'ann', text }]);
  });

  it('is cut between characters where it is long', () => {
    const text = { topic: 't', text: '👋'.repeat(9000), attributes: {} };
    const contents = writeText(text).flatMap(({ value }) =>
      value.case === 'streamChunk' ? [value.value.content] : [],
    );
    expect(contents.length).toBeGreaterThan(1);
    for (const content of contents) expect(Buffer.from(content).toString()).not.toContain('\ufffd');
    const { read, reader: texts } = reader();
    for (const packet of writeText(text)) texts.add(from('ann', packet));
    expect(read[0]?.text.text).toBe(text.text);
  });

  it('is said on somebody’s behalf where that is told', () => {
    const packets = writeText({ topic: 't', text: 'x', attributes: {} }, 'bob');
    expect(packets.map(({ participantIdentity }) => participantIdentity)).toEqual(['bob', 'bob', 'bob']);
  });

  it('of two people is told apart, though both name it alike', () => {
    const { read, reader: texts } = reader();
    for (const packet of [header('1')]) for (const who of ['ann', 'bob']) texts.add(from(who, packet));
    texts.add(from('bob', chunk('1', 'B')));
    texts.add(from('ann', chunk('1', 'A')));
    for (const who of ['ann', 'bob']) texts.add(from(who, trailer('1')));
    expect(read.map(({ from: who, text }) => [who, text.text])).toEqual([
      ['ann', 'A'],
      ['bob', 'B'],
    ]);
  });
});

describe('what strangers send as texts', () => {
  it('is dropped where it is too long', () => {
    const { read, reader: texts } = reader();
    texts.add(header('1'));
    for (let i = 0; i < 7; i++) texts.add(chunk('1', 'x'.repeat(10_000)));
    texts.add(trailer('1'));
    expect(read).toEqual([]);
  });

  it('is dropped where it is no text, never began, or has too many attributes', () => {
    const { read, reader: texts } = reader();
    texts.add(header('1', { contentHeader: { case: undefined } } as never));
    texts.add(trailer('1'));
    texts.add(chunk('2', 'x'));
    texts.add(trailer('2'));
    texts.add(header('3', { attributes: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`a${i}`, ''])) }));
    texts.add(trailer('3'));
    expect(read).toEqual([]);
  });

  it('takes nobody’s place for long when it never ends', () => {
    let nowMs = 0;
    const { read, reader: texts } = reader(() => nowMs);
    for (let i = 0; i < 100; i++) texts.add(header(`open ${i}`));
    texts.add(header('late'));
    texts.add(trailer('late'));
    expect(read).toHaveLength(0);
    nowMs = 31_000;
    texts.add(header('later'));
    texts.add(trailer('later'));
    expect(read).toHaveLength(1);
  });
});
