import { beforeAll, describe, expect, it } from 'vitest';
import { AUDIO_FLAGS } from '../protocol/device.ts';
import { TestVoice } from '../test/harness/voice.ts';
import { Loudspeaker } from './loudspeaker.ts';
import { Framer, Hangover, Microphone } from './microphone.ts';
import { OwnVoice } from './own-voice.ts';

const FRAME = 320;
const frame = (value: number) => new Int16Array(FRAME).fill(value);

describe('a microphone', () => {
  it('is heard evenly, in whatever pieces it comes', () => {
    const framer = new Framer();
    const bytes = new Uint8Array(Int16Array.from({ length: 4 * FRAME }, (_, i) => i).buffer);
    const frames = [bytes.subarray(0, 1), bytes.subarray(1, 1000), bytes.subarray(1000)].flatMap(piece => [
      ...framer.push(piece),
    ]);
    expect(frames.map(each => each[0])).toEqual([0, FRAME, 2 * FRAME, 3 * FRAME]);

    const microphone = new Microphone();
    for (const each of frames) microphone.push(each);
    const out = Array.from({ length: 4 }, () => [...microphone.step()]).flat();
    expect(out.map(({ timestamp }) => timestamp - out[0]!.timestamp)).toEqual([0, 960, 1920, 2880]);
    expect(out.map(({ sound }) => sound?.[0])).toEqual([0, FRAME, 2 * FRAME, 3 * FRAME]);
  });

  it('that waits for its next piece is late, and not silent; one that stops is silent for as long as it is', () => {
    const microphone = new Microphone();
    microphone.push(frame(1));
    const [first] = [...microphone.step()];
    for (let i = 0; i < 6; i++) expect([...microphone.step()]).toEqual([]);
    microphone.push(frame(2));
    expect([...microphone.step()][0]!.timestamp - first!.timestamp).toBe(960);
    const silence = Array.from({ length: 20 }, () => [...microphone.step()]).flat();
    expect(silence.every(({ sound }) => sound === undefined)).toBe(true);
    expect(silence.at(-1)!.timestamp - first!.timestamp).toBe(960 * 21);
  });

  it('[C2] that sends faster than sound is held to two seconds, and catches up', () => {
    const microphone = new Microphone();
    expect(Array.from({ length: 101 }, () => microphone.push(frame(1))).filter(Boolean)).toHaveLength(100);
    expect([...microphone.step()]).toHaveLength(2);
  });

  it('that is quiet for half a second sends nothing more until it is not', () => {
    const hangover = new Hangover();
    expect(hangover.of(frame(0))).toBeUndefined();
    expect(hangover.of(frame(3000))).toBeDefined();
    const quiet = Array.from({ length: 30 }, () => hangover.of(frame(0)));
    expect(quiet.indexOf(undefined)).toBe(25);
  });
});

describe('a loudspeaker', () => {
  const speak = (loudspeaker: Loudspeaker, steps: number, who: Record<string, number>) =>
    Array.from({ length: steps }, () => {
      for (const [identity, value] of Object.entries(who))
        loudspeaker.push(identity, { pcm: frame(value), audible: value !== 0 });
      return loudspeaker.step();
    }).filter(chunk => chunk !== undefined);

  it('is sent 100 ms at a time, all voices in one, and nothing while nobody speaks', () => {
    const loudspeaker = new Loudspeaker();
    loudspeaker.add('avatar', true);
    loudspeaker.add('ann', false);
    expect(speak(loudspeaker, 10, {})).toEqual([]);
    const said = speak(loudspeaker, 10, { avatar: 1000, ann: 20_000 });
    expect(said.map(({ flags, sequence, position, avatarAt }) => [flags, sequence, position, avatarAt])).toEqual([
      [AUDIO_FLAGS.begins, 0, 10 * FRAME, 10 * FRAME],
      [0, 1, 15 * FRAME, undefined],
    ]);
    expect(said[0]!.pcm).toEqual(new Int16Array(5 * FRAME).fill(21_000));
    const tail = speak(loudspeaker, 40, { avatar: 0 });
    expect(tail.at(-1)!.flags).toBe(AUDIO_FLAGS.ends);
    expect(tail.length).toBeLessThan(4);
    expect(speak(loudspeaker, 5, { avatar: 5 })[0]!.flags & AUDIO_FLAGS.begins).toBe(AUDIO_FLAGS.begins);
  });

  it('is not louder than it can be, and throws away what is stopped', () => {
    const loudspeaker = new Loudspeaker();
    loudspeaker.add('avatar', true);
    loudspeaker.add('ann', false);
    expect(speak(loudspeaker, 5, { avatar: 30_000, ann: 30_000 })[0]!.pcm[0]).toBe(32_767);
    speak(loudspeaker, 3, { avatar: 1000 });
    loudspeaker.flush();
    expect(speak(loudspeaker, 10, {})).toEqual([]);
  });
});

describe('[L2] its own voice', () => {
  let speech: Int16Array;
  beforeAll(async () => {
    const voice = new TestVoice();
    speech = await voice.say(
      'Once the tide forgot to come back. We sat in puddles and told each other who we were, until it did return.',
      'slt',
    );
    await voice.close();
  });

  /** Plays it, 100 ms at a time, and hears it so much later; how many frames with sound are passed on. */
  function passedOn({ delayMs, gain, reports = false }: { delayMs: number; gain: number; reports?: boolean }): number {
    const voice = new OwnVoice();
    const from = 16_000;
    const at = (position: number) => speech[position - from] ?? 0;
    let passed = 0;
    const take = (frames: Int16Array[]) => {
      for (const each of frames) if (each.some(sample => Math.abs(sample) > 300)) passed += 1;
    };
    for (let tick = 0; tick < 100 + speech.length / FRAME; tick++) {
      const made = (tick + 1) * FRAME;
      if ((tick + 1) % 5 === 0 && made > from && made - 1600 < from + speech.length) {
        const position = made - 1600;
        const pcm = Int16Array.from({ length: 1600 }, (_, i) => at(position + i));
        take(voice.sent(position, pcm, { begins: position <= from, ends: made >= from + speech.length }));
      }
      // A chunk is made, sent, and waits in the device's buffer.
      const playing = tick * FRAME - 1600 - 80 * 16;
      if (reports) voice.played(Math.max(0, playing));
      take(voice.hear(Int16Array.from({ length: FRAME }, (_, i) => gain * at(playing - delayMs * 16 + i))));
    }
    return passed;
  }

  it.each([
    { delayMs: 200, gain: 0.5 },
    { delayMs: 20, gain: 0.5 },
    { delayMs: 200, gain: 0.5, reports: true },
    { delayMs: 100, gain: 0.1, reports: true },
  ])('is not heard as a person’s: %j', echo => {
    expect(passedOn(echo)).toBeLessThan(4);
  });

  it('is all that is taken out: a person who speaks while nothing is played is heard', () => {
    const voice = new OwnVoice();
    let passed = 0;
    for (let tick = 0; tick < 200; tick++)
      passed += voice.hear(speech.subarray(tick * FRAME, (tick + 1) * FRAME)).length;
    expect(passed).toBe(200);
  });
});
