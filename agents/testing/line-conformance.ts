import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Microphone } from '../../protocol/agents.ts';
import type { Line, LineEvents } from '../line/port.ts';
import type { Performing } from './performance-conformance.ts';
import { performanceConformance } from './performance-conformance.ts';

/** A line that nobody is attached to yet, and what is at its other end. */
export interface FarEnd {
  line: Line;
  /** Somebody's microphone. */
  microphone(identity: string): Microphone;
  /** 20 ms of a person's voice go to the line. */
  talk(microphone: Microphone): void;
  /** Packets, or what takes their place, of the avatar's voice and pictures that arrived. */
  readonly arrived: { voice: number; pictures: number };
  /** Something of the line's own breaks, so that it can carry nothing any more. */
  breakDown(): void;
  /** Lets time pass until this holds; fails where it never does. */
  until(holds: () => boolean): Promise<void>;
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

type Sound = { identity: string; pcm: Int16Array; audible: boolean };

/** Attaches to a line, and keeps what it tells. */
function attach(line: Line) {
  const sounds: Sound[] = [];
  const progress: Performing['progress'][number][] = [];
  const failures: string[] = [];
  const events: LineEvents = {
    sound: (identity, pcm, audible) => sounds.push({ identity, pcm, audible }),
    progress: each => progress.push(each),
    failed: message => failures.push(message),
  };
  line.attach(events);
  return { sounds, progress, failures };
}

/** Everything that the port promises, for any line; its stage is held to what performances promise. */
export function lineConformance(name: string, open: () => Promise<FarEnd>): void {
  performanceConformance(`the stage of ${name}`, async () => {
    const { line, until, pass, close } = await open();
    const { progress } = attach(line);
    const end = async () => {
      await line.close();
      await close();
    };
    return { performance: line.stage, progress, until, pass, close: end };
  });

  describe(`${name} as a Line`, { timeout: 60_000 }, () => {
    let far: FarEnd;
    let told: ReturnType<typeof attach>;
    beforeEach(async () => {
      far = await open();
      told = attach(far.line);
    });
    afterEach(async () => {
      await far.line.close();
      await far.close();
      expect(told.failures).toEqual([]);
    });

    const heard = (identity: string) => told.sounds.filter(each => each.identity === identity && each.audible);

    it('brings the voices of those it listens to, in pieces of 20 ms, and of nobody else', async () => {
      const [ann, bob] = [far.microphone('ann'), far.microphone('bob')];
      far.line.ears.listen('ann', ann);
      await far.until(() => {
        far.talk(ann);
        far.talk(bob);
        return heard('ann').length > 5;
      });
      expect(new Set(told.sounds.map(({ identity }) => identity))).toEqual(new Set(['ann']));
      for (const { pcm } of told.sounds) expect(pcm).toHaveLength(320);
    });

    it('hears a person no more once it is told so', async () => {
      const [ann, bob] = [far.microphone('ann'), far.microphone('bob')];
      far.line.ears.listen('ann', ann);
      far.line.ears.listen('bob', bob);
      await far.until(() => {
        for (const each of [ann, bob]) far.talk(each);
        return heard('ann').length > 3 && heard('bob').length > 3;
      });
      far.line.ears.unlisten('ann');
      // What was on its way.
      await far.pass(300);
      const before = heard('ann').length;
      const bobs = heard('bob').length;
      await far.until(() => {
        for (const each of [ann, bob]) far.talk(each);
        return heard('bob').length > bobs + 10;
      });
      expect(heard('ann')).toHaveLength(before);
    });

    it('has the voice and the pictures of the avatar arrive', async () => {
      far.line.viewers(1, 800_000);
      const { voice, pictures } = far.arrived;
      far.line.stage.begin('t');
      far.line.stage.speech('t', { pcm: new Int16Array(24_000).fill(3000), events: [] });
      far.line.stage.complete('t');
      await far.until(() => told.progress.some(({ done }) => done === true));
      await far.until(() => far.arrived.voice > voice && far.arrived.pictures > pictures);
    });

    it('tells its counters while it is open', async () => {
      expect((await far.line.stats()).audioPackets).toBeGreaterThanOrEqual(0);
      await far.line.close();
      await expect(far.line.stats()).rejects.toThrow();
    });

    it('says once that it has failed, also to who comes after that', async () => {
      far.breakDown();
      await far.until(() => told.failures.length > 0);
      const later = attach(far.line);
      await far.until(() => later.failures.length > 0);
      await far.pass(200);
      expect([told.failures.length, later.failures.length]).toEqual([1, 1]);
      told.failures.length = 0;
    });

    it('[C1] may be closed twice, and takes what is still said to it', async () => {
      await Promise.all([far.line.close(), far.line.close()]);
      far.line.ears.listen('ann', far.microphone('ann'));
      far.line.stage.begin('t');
      far.line.stage.speech('t', { pcm: new Int16Array(960), events: [] });
      far.line.viewers(0, 0);
    });
  });
}
