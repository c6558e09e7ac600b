import { describe, expect, it } from 'vitest';
import { JitterBuffer, opusTicks, type Playable } from './jitter-buffer.ts';
import type { RtpPacket } from './wire.ts';

/** TOC byte of a 20 ms SILK frame; the second byte names the packet. */
const TOC = 0x08;
const FIRST_SEQUENCE = 1000;
const FIRST_TIMESTAMP = 50_000;

interface Sent {
  sequence?: number;
  timestamp?: number;
  payload?: Uint8Array;
}

/** A sender of 20 ms packets; packet `n` is due at `n` * 20 ms. */
class Stream {
  readonly buffer = new JitterBuffer();
  nowMs = 0;
  readonly heard: string[] = [];

  /** Packet `n` arrives now. */
  arrive(n: number, { sequence, timestamp, payload }: Sent = {}): this {
    const packet: RtpPacket = {
      payloadType: 111,
      marker: false,
      sequence: (sequence ?? FIRST_SEQUENCE + n) & 0xffff,
      timestamp: (timestamp ?? FIRST_TIMESTAMP + n * 960) >>> 0,
      ssrc: 1,
      payload: payload ?? Uint8Array.of(TOC, n & 0xff, 0),
    };
    this.buffer.push(packet, this.nowMs);
    return this.poll();
  }
  dtx(n: number, sent: Sent = {}): this {
    return this.arrive(n, { payload: Uint8Array.of(TOC), ...sent });
  }
  at(ms: number): this {
    this.nowMs = ms;
    return this;
  }
  poll(): this {
    this.heard.push(...this.buffer.poll(this.nowMs).map(name));
    return this;
  }
  /** Time passes with a poll every 20 ms, as in the media thread. */
  pass(ms: number): this {
    for (const end = this.nowMs + ms; this.nowMs < end; ) this.at(this.nowMs + 20).poll();
    return this;
  }
  /** What was handed on since the last look. */
  take(): string[] {
    return this.heard.splice(0);
  }
}

const name = (playable: Playable): string =>
  playable.type === 'packet' || playable.type === 'fec'
    ? `${playable.type === 'fec' ? 'fec:' : ''}${playable.payload[1]}`
    : playable.type;
const times = (what: string, n: number): string[] => Array.from({ length: n }, () => what);

describe('jitter buffer', () => {
  it('hands packets that come in order on at once', () => {
    const stream = new Stream();
    for (let n = 0; n < 5; n++)
      expect(
        stream
          .at(n * 20)
          .arrive(n)
          .take(),
      ).toEqual([String(n)]);
  });

  it('puts packets that overtook one another back into order within the wait', () => {
    const stream = new Stream();
    expect(stream.arrive(0).at(20).arrive(2).take()).toEqual(['0']);
    expect(stream.at(30).arrive(3).take()).toEqual([]);
    expect(stream.at(40).arrive(1).take()).toEqual(['1', '2', '3']);
    expect(stream.buffer.stats).toMatchObject({ lost: 0, recovered: 0, late: 0 });
  });

  it('recovers a lost packet from the copy in the next one', () => {
    const stream = new Stream();
    stream.arrive(0).at(40).arrive(2).at(60).arrive(3);
    expect(stream.take()).toEqual(['0']);
    expect(stream.at(85).poll().take()).toEqual(['fec:2', '2', '3']);
    expect(stream.buffer.stats).toMatchObject({ lost: 0, recovered: 1 });
  });

  it('conceals what no copy exists of, in one wait however many were lost', () => {
    const stream = new Stream();
    stream.arrive(0).at(80).arrive(4).take();
    expect(stream.at(110).poll().take()).toEqual([]);
    expect(stream.at(121).poll().take()).toEqual(['concealed', 'concealed', 'fec:4', '4']);
    expect(stream.buffer.stats).toMatchObject({ lost: 2, recovered: 1 });
  });

  it('conceals by the clock when nothing comes at all, and takes a long absence for silence', () => {
    const stream = new Stream();
    for (let n = 0; n < 5; n++) stream.at(n * 20).arrive(n);
    stream.take();
    const filled = stream.pass(600).take();
    expect(filled.slice(0, 6)).toEqual(times('concealed', 6));
    expect(new Set(filled.slice(6))).toEqual(new Set(['silence']));
    // 40 ms of patience, then one frame for every 20 ms.
    expect(filled).toHaveLength((600 - 40) / 20);
  });

  it('fills the time of an outage once, though packets were lost in it', () => {
    const stream = new Stream();
    for (let n = 0; n < 5; n++) stream.at(n * 20).arrive(n);
    stream.take();
    stream.pass(1000);
    // The packets of that second are gone for good: the next is number 55, due at 1100 ms.
    stream.at(1100).arrive(55).at(1120).arrive(56).at(1145).poll();
    const heard = stream.take();
    expect(heard.slice(-2)).toEqual(['55', '56']);
    // 5 .. 54 make 50 frames, from the clock and from the gap together.
    expect(heard.length - 2).toBe(50);
  });

  it('fills silence that is not transmitted, and does not count it twice when speech resumes', () => {
    const stream = new Stream();
    stream.arrive(0).at(20).dtx(1);
    expect(stream.take()).toEqual(['0', 'silence']);
    const byClock = stream.pass(400).take();
    expect(byClock).toEqual(times('silence', 20));
    // Next in sequence, 22 frames later by the sender's clock: 20 are filled already.
    const rest = stream
      .at(440)
      .arrive(22, { sequence: FIRST_SEQUENCE + 2 })
      .take();
    expect(byClock.length + rest.length).toBe(21);
    expect(rest.at(-1)).toBe('22');
  });

  it('keeps count of silence when nobody looked at the clock in between', () => {
    const stream = new Stream();
    stream.dtx(0).take();
    expect(
      stream
        .at(100)
        .arrive(5, { sequence: FIRST_SEQUENCE + 1 })
        .take(),
    ).toEqual([...times('silence', 4), '5']);
  });

  it('recovers the first packet of speech after silence, lost or not', () => {
    const stream = new Stream();
    stream.dtx(0).pass(180).take();
    stream.at(220).arrive(11, { sequence: FIRST_SEQUENCE + 2 });
    const heard = stream.pass(60).take();
    expect(heard.slice(-2)).toEqual(['fec:11', '11']);
    expect(heard.slice(0, -2).every(what => what === 'silence')).toBe(true);
  });

  it('drops packets that come after their time, and counts them', () => {
    const stream = new Stream();
    stream.arrive(0).at(40).arrive(2).at(90).poll().take();
    expect(stream.at(95).arrive(1).take()).toEqual([]);
    expect(stream.at(100).arrive(0).take()).toEqual([]);
    expect(stream.buffer.stats.late).toBe(2);
  });

  it('hands a duplicate on once', () => {
    const stream = new Stream();
    stream.arrive(0).arrive(0).at(20).arrive(1).arrive(1);
    expect(stream.take()).toEqual(['0', '1']);
    expect(stream.at(40).arrive(3).arrive(3).at(60).arrive(2).take()).toEqual(['2', '3']);
  });

  it('goes on over the wrap of sequence numbers and timestamps', () => {
    const stream = new Stream();
    for (let n = 0; n < 20; n++)
      stream.at(n * 20).arrive(n, { sequence: 65_526 + n, timestamp: 2 ** 32 - 9600 + n * 960 });
    expect(stream.take()).toEqual(Array.from({ length: 20 }, (_, n) => String(n)));
    // Also with a loss exactly there.
    const other = new Stream();
    other.arrive(0, { sequence: 65_535, timestamp: 2 ** 32 - 960 });
    other.at(40).arrive(2, { sequence: 1, timestamp: 960 }).at(85).poll();
    expect(other.take()).toEqual(['0', 'fec:2', '2']);
  });

  it.each([
    ['forward', 30_000],
    ['back', -20_000],
  ])('starts anew where the sequence jumps far %s', (_, jump) => {
    const stream = new Stream();
    stream.arrive(0).at(20).arrive(1).take();
    const sent = (n: number) => ({ sequence: FIRST_SEQUENCE + jump + n, timestamp: 7_000_000 + n * 960 });
    expect(stream.at(40).arrive(2, sent(2)).at(60).arrive(3, sent(3)).take()).toEqual(['2', '3']);
  });

  it('takes a jump of the clock alone for a new start, not for minutes of silence', () => {
    const stream = new Stream();
    stream.arrive(0).take();
    expect(
      stream
        .at(20)
        .arrive(1, { timestamp: FIRST_TIMESTAMP + 48_000 * 120 })
        .take(),
    ).toEqual(['1']);
  });

  it('hands a burst after an outage on whole and in order', () => {
    const stream = new Stream();
    stream.arrive(0).take();
    stream.pass(500).take();
    // Everything that was held up somewhere comes at once, shuffled in pairs.
    for (let n = 1; n <= 50; n += 2) stream.arrive(n + 1).arrive(n);
    const heard = stream.take();
    expect(heard).toEqual(Array.from({ length: 50 }, (_, i) => String(i + 1)));
  });

  it('waits longer where the network jitters more', () => {
    const steady = new Stream();
    const shaky = new Stream();
    for (let n = 0; n < 200; n++) {
      steady.at(n * 20).arrive(n);
      shaky.at(n * 20 + (n % 2) * 60).arrive(n);
    }
    expect(steady.buffer.jitterMs).toBeLessThan(1);
    expect(shaky.buffer.jitterMs).toBeGreaterThan(20);
    const waited = (stream: Stream): number => {
      stream.take();
      const start = stream.at(202 * 20).nowMs;
      stream.arrive(202).take();
      while (stream.poll().take().length === 0) stream.at(stream.nowMs + 5);
      return stream.nowMs - start;
    };
    expect(waited(steady)).toBe(40);
    expect(waited(shaky)).toBeGreaterThan(80);
  });

  it('[C2] holds no more than 100 packets, whatever is missing', () => {
    const stream = new Stream();
    stream.arrive(0).take();
    for (let n = 2; n <= 101; n++) stream.arrive(n);
    const heard = stream.take();
    expect(heard.slice(0, 3)).toEqual(['fec:2', '2', '3']);
    expect(heard.at(-1)).toBe('101');
  });

  it('[C2] hands on no more than 10 s for one packet, whatever its clock says', () => {
    const stream = new Stream();
    for (let n = 0; n < 20; n++) {
      const jumped = { sequence: FIRST_SEQUENCE + n * 900, timestamp: FIRST_TIMESTAMP + n * 900 * 960 };
      stream
        .at(n * 1000)
        .arrive(n, jumped)
        .take();
      expect(
        stream
          .at(n * 1000 + 500)
          .poll()
          .take().length,
      ).toBeLessThan(500);
    }
  });

  it('hands on nothing before anything has come', () => {
    expect(new Stream().at(10_000).poll().take()).toEqual([]);
  });

  it('adds no silence between packets of 60 ms', () => {
    const stream = new Stream();
    const long = (n: number) => ({ payload: Uint8Array.of(0x18, n, 0), timestamp: FIRST_TIMESTAMP + n * 2880 });
    for (let n = 0; n < 5; n++) {
      stream.at(n * 60).arrive(n, long(n));
      stream.at(n * 60 + 20).poll();
      stream.at(n * 60 + 40).poll();
    }
    expect(stream.take()).toEqual(['0', '1', '2', '3', '4']);
  });
});

describe('length of an Opus packet', () => {
  it.each([
    ['SILK 10 ms', [0x00], 480],
    ['SILK 60 ms', [0x18], 2880],
    ['hybrid 20 ms', [0x68], 960],
    ['CELT 2.5 ms', [0x80], 120],
    ['two frames of 20 ms', [0x09], 1920],
    ['three frames of 20 ms', [0x0b, 3], 2880],
    ['a count beyond 120 ms', [0x0b, 63], 5760],
    ['nothing', [], 480],
  ])('of %s', (_, bytes, ticks) => {
    expect(opusTicks(Uint8Array.from(bytes))).toBe(ticks);
  });
});
