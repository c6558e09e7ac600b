import { createEncoder, type EncoderOptions, Signal } from 'libopus-wasm';
import { afterEach, describe, expect, it } from 'vitest';
import { OpusReceiver } from './opus-receiver.ts';

const RATE = 48_000;
const HEARD_RATE = 16_000;
const TICKS = 960;

let receiver: OpusReceiver | undefined;
afterEach(() => {
  receiver?.close();
  receiver = undefined;
});

const tone = (hz: number, seconds: number): Int16Array =>
  Int16Array.from({ length: RATE * seconds }, (_, i) => 8000 * Math.sin((2 * Math.PI * hz * i) / RATE));
/** A buzz that moves up and down like a voice, so that losing a part of it cannot be guessed from what was before. */
const voice = (seconds: number): Int16Array => {
  let phase = 0;
  return Int16Array.from({ length: RATE * seconds }, (_, i) => {
    phase += (120 + 60 * Math.sin(i / 4000)) / RATE;
    const syllable = 0.55 + 0.45 * Math.sin(i / 1700);
    return syllable * 2500 * [1, 2, 3, 5, 8].reduce((sum, k) => sum + Math.sin(2 * Math.PI * k * phase) / k ** 0.5, 0);
  });
};

async function encode(pcm: Int16Array, options: EncoderOptions = {}, frameSize = TICKS): Promise<Uint8Array[]> {
  const encoder = await createEncoder({
    sampleRate: RATE,
    channels: 1,
    bitrate: 32_000,
    signal: Signal.Voice,
    fec: true,
    packetLossPercent: 20,
    ...options,
  });
  const packets: Uint8Array[] = [];
  for (let at = 0; at + frameSize <= pcm.length; at += frameSize)
    packets.push(encoder.encode(pcm.subarray(at, at + frameSize), { frameSize }).slice());
  encoder.free();
  return packets;
}

/** Sends packets every `ticks` and returns what is heard; those for which `lost` is true do not arrive. */
async function hear(
  packets: Uint8Array[],
  lost: (n: number) => boolean = () => false,
  ticks = TICKS,
): Promise<Int16Array> {
  receiver = await OpusReceiver.create();
  const heard: Int16Array[] = [];
  packets.forEach((payload, n) => {
    const nowMs = (n * ticks) / 48;
    if (!lost(n))
      receiver!.push({ payloadType: 111, marker: false, sequence: n, timestamp: n * ticks, ssrc: 1, payload }, nowMs);
    heard.push(...receiver!.poll(nowMs).map(({ pcm }) => pcm));
  });
  heard.push(...receiver.poll((packets.length * ticks) / 48 + 60).map(({ pcm }) => pcm));
  const whole = new Int16Array(heard.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const pcm of heard) {
    whole.set(pcm, at);
    at += pcm.length;
  }
  return whole;
}

/** Power of one frequency relative to all, 0..1 (Goertzel). */
function share(pcm: Int16Array, hz: number): number {
  let [real, imaginary, power] = [0, 0, 0];
  pcm.forEach((sample, i) => {
    const angle = (2 * Math.PI * hz * i) / HEARD_RATE;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
    power += sample * sample;
  });
  return (2 * (real ** 2 + imaginary ** 2)) / (pcm.length * power);
}

/** Signal to noise, dB, of what was heard against the same packets without loss. */
function snr(heard: Int16Array, clean: Int16Array): number {
  let [signal, noise] = [0, 0];
  for (let i = 0; i < Math.min(heard.length, clean.length); i++) {
    signal += clean[i]! ** 2;
    noise += (clean[i]! - heard[i]!) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

describe('receiving a voice', () => {
  it('hears the tone that was sent, at the recognizers’ rate', async () => {
    const pcm = await hear(await encode(tone(440, 1)));
    expect(pcm.length).toBeGreaterThanOrEqual(HEARD_RATE);
    const middle = pcm.subarray(HEARD_RATE / 4, (HEARD_RATE * 3) / 4);
    expect(share(middle, 440)).toBeGreaterThan(0.95);
    expect(share(middle, 660)).toBeLessThan(0.01);
    expect(Math.max(...middle)).toBeGreaterThan(6000);
  });

  it('hears packets of 60 ms whole', async () => {
    const pcm = await hear(await encode(tone(300, 1), {}, 3 * TICKS), undefined, 3 * TICKS);
    const speech = pcm.subarray(0, HEARD_RATE * 0.9);
    expect(share(speech.subarray(HEARD_RATE / 4), 300)).toBeGreaterThan(0.95);
  });

  it('loses little where one packet in ten is lost, thanks to the copies in the others', async () => {
    const sent = voice(4);
    const lost = (n: number) => n % 10 === 5;
    const withCopies = await encode(sent);
    const without = await encode(sent, { fec: false });
    const recovered = snr(await hear(withCopies, lost), await hear(withCopies));
    const { stats } = receiver!.jitter;
    expect(stats.lost).toBe(0);
    const concealed = snr(await hear(without, lost), await hear(without));
    expect(recovered).toBeGreaterThan(concealed + 2);
  });

  it('counts what was lost and what was recovered', async () => {
    await hear(await encode(voice(2)), n => n % 10 === 5 || n % 10 === 6);
    expect(receiver!.jitter.stats).toMatchObject({ lost: 10, recovered: 10, late: 0 });
  });

  it('takes garbage for silence and hears the next packet', async () => {
    const packets = await encode(tone(440, 1));
    const junk = (n: number) => Uint8Array.from({ length: 3 + (n % 90) }, (_, i) => (i * 97 + n * 31) & 0xff);
    const mixed = packets.map((packet, n) => (n >= 10 && n < 25 ? junk(n) : packet));
    const pcm = await hear(mixed);
    expect(share(pcm.subarray(-HEARD_RATE / 2, -HEARD_RATE / 10), 440)).toBeGreaterThan(0.9);
  });

  it('ignores packets without a payload', async () => {
    receiver = await OpusReceiver.create();
    const empty = { payloadType: 111, marker: false, sequence: 1, timestamp: 0, ssrc: 1, payload: new Uint8Array(0) };
    receiver.push(empty, 0);
    expect(receiver.poll(1000)).toEqual([]);
  });

  it('tells silence from sound', async () => {
    const sound = Int16Array.from({ length: RATE * 2 }, (_, i) =>
      i < RATE ? 3000 * Math.sin((2 * Math.PI * 300 * i) / RATE) : 0,
    );
    const packets = await encode(sound, { dtx: true });
    receiver = await OpusReceiver.create();
    const audible: boolean[] = [];
    packets.forEach((payload, n) => {
      receiver!.push({ payloadType: 111, marker: false, sequence: n, timestamp: n * TICKS, ssrc: 1, payload }, n * 20);
      audible.push(...receiver!.poll(n * 20).map(frame => frame.audible));
    });
    expect(audible.slice(5, 45)).not.toContain(false);
    expect(audible.slice(60)).not.toContain(true);
  });
});
