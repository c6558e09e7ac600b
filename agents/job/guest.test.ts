import { describe, expect, it } from 'vitest';
import { Cast, type Guest } from './guest.ts';

const guest = (name: string, told: string[]): Guest => ({
  hear: identity => told.push(`${name} hears ${identity}`),
  close: () => void told.push(`${name} closes`),
});

describe('a cast', () => {
  it('is told each event once, in its order; whom it does not concern hears nothing', () => {
    const told: string[] = [];
    const cast = new Cast([guest('tape', told), {}, guest('session', told)]);
    cast.tell('hear', 'ann', new Int16Array(320), true);
    cast.tell('shown', 't1');
    expect(told).toEqual(['tape hears ann', 'session hears ann']);
  });

  it('[C1] closes the other way round, and all of it though one fails', async () => {
    const told: string[] = [];
    const broken: Guest = {
      close: () => {
        throw new Error('it is stuck');
      },
    };
    await expect(new Cast([guest('line', told), broken, guest('session', told)]).close()).rejects.toThrow('stuck');
    expect(told).toEqual(['session closes', 'line closes']);
  });
});
