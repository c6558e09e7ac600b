import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datagram } from '../../../test/fuzz/packets.ts';
import { JitterBuffer } from './jitter-buffer.ts';
import { OpusReceiver } from './opus-receiver.ts';
import { Vp8Receiver } from './vp8-receiver.ts';
import { isRtcp, readFeedback, readRtp } from './wire.ts';

/** Packets, and how long after the one before each comes. */
const stream = fc.array(fc.record({ data: datagram, afterMs: fc.constantFrom(0, 0, 1, 20, 20, 150, 1000) }), {
  minLength: 1,
  maxLength: 120,
});
const SEED = { seed: 1 };
const rtpOf = (data: Buffer) => (isRtcp(data) ? undefined : readRtp(data));
/** A sender may be this far ahead of the clock, and a packet lasts 120 ms at most. */
const AHEAD_MS = 4200;

describe('whatever packets arrive', () => {
  it('are read or left alone, and never reach beyond themselves', () => {
    fc.assert(
      fc.property(datagram, data => {
        const packet = readRtp(data);
        if (packet !== undefined) expect(packet.payload.length).toBeLessThanOrEqual(data.length - 12);
        for (const { ssrc } of readFeedback(data)) expect(ssrc).toBeGreaterThanOrEqual(0);
      }),
      { ...SEED, numRuns: 3000 },
    );
  });

  it('[C2] make no more sound than time goes by: nobody is kept busy by a few small packets', () => {
    fc.assert(
      fc.property(stream, packets => {
        const jitter = new JitterBuffer();
        let nowMs = 1000;
        let soundMs = 0;
        for (const { data, afterMs } of packets) {
          nowMs += afterMs;
          const packet = rtpOf(data);
          if (packet !== undefined && packet.payload.length > 0) jitter.push(packet, nowMs);
          soundMs += jitter.poll(nowMs).length * 20;
          // What the clock fills in for a sender that is silent comes on top of what it sends.
          expect(soundMs).toBeLessThanOrEqual(2 * (nowMs - 1000) + AHEAD_MS);
        }
      }),
      { ...SEED, numRuns: 300 },
    );
  });

  it('are decoded, or are silence', async () => {
    const receiver = await OpusReceiver.create();
    let nowMs = 0;
    fc.assert(
      fc.property(stream, packets => {
        for (const { data, afterMs } of packets) {
          nowMs += afterMs;
          const packet = rtpOf(data);
          if (packet !== undefined) receiver.push(packet, nowMs);
          for (const { pcm } of receiver.poll(nowMs)) expect(pcm.length).toBeGreaterThan(0);
        }
      }),
      { ...SEED, numRuns: 60 },
    );
    receiver.close();
  });

  it('leave a camera’s stream able to begin anew', () => {
    fc.assert(
      fc.property(stream, fc.nat(0xffff), (packets, from) => {
        const receiver = new Vp8Receiver();
        let nowMs = 0;
        for (const { data, afterMs } of packets) {
          nowMs += afterMs;
          const packet = rtpOf(data);
          if (packet !== undefined) receiver.push(packet, nowMs);
        }
        const frames = Array.from({ length: 1100 }, (_, i) => {
          nowMs += 40;
          // A keyframe of one packet: start of partition 0, and the lowest bit of the frame is 0.
          const payload = Uint8Array.of(0x10, 0, i);
          return receiver.push(
            { payloadType: 96, marker: true, sequence: (from + i) & 0xffff, timestamp: i, ssrc: 1, payload },
            nowMs,
          );
        });
        // The last thousand before where it was count as late; nothing else is waited for.
        expect(frames.flat().length).toBeGreaterThan(0);
      }),
      { ...SEED, numRuns: 200 },
    );
  });

  it('[C2] of a frame that never ends are let go of, however little each carries', () => {
    const receiver = new Vp8Receiver();
    const held: Uint8Array[] = [];
    for (let i = 0; i < 20_000; i++)
      held.push(
        ...receiver.push(
          {
            payloadType: 96,
            marker: i === 19_999,
            sequence: i & 0xffff,
            timestamp: 5,
            ssrc: 1,
            payload: Uint8Array.of(i === 0 ? 0x10 : 0, 0),
          },
          i,
        ),
      );
    expect(held).toEqual([]);
  });
});
