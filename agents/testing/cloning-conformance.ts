import { describe, expect, it } from 'vitest';
import type { VoiceCloning } from '../cloning/port.ts';
import { wavOf } from '../speak/wav.ts';

export interface CloningSubject {
  make(): VoiceCloning;
  /** Names of the voices that the vendor has of us. */
  names(): string[];
  /** The next request is not answered. */
  hang(): void;
  /** The next request is answered with a failure of the vendor's. */
  fail(): void;
}

export const RECORDING = wavOf(
  Int16Array.from({ length: 16_000 }, (_, i) => i % 3000),
  16_000,
);
const { signal } = new AbortController();

/** Everything that the port promises, for any vendor. */
export function cloningConformance(vendor: string, subject: CloningSubject): void {
  describe(`${vendor} as a VoiceCloning`, () => {
    const { make, names, hang, fail } = subject;
    const add = (name: string, options = { signal }) => make().make({ name, wav: RECORDING }, options);

    it('makes a voice, and removes it', async () => {
      const voice = await add('one');
      expect(voice).not.toBe('');
      expect(names()).toContain('one');
      await make().forget({ name: 'one', voice }, { signal });
      expect(names()).not.toContain('one');
    });

    it('takes one that is gone for removed', async () => {
      const voice = await add('two');
      for (let time = 0; time < 2; time++) await make().forget({ name: 'two', voice }, { signal });
      await make().forget({ name: 'never there' }, { signal });
      expect(names()).not.toContain('two');
    });

    it('finds one by its name, and removes no other', async () => {
      await add('three');
      const other = await add('three and more');
      await make().forget({ name: 'three' }, { signal });
      expect(names()).toContain('three and more');
      expect(names()).not.toContain('three');
      await make().forget({ name: 'three and more', voice: other }, { signal });
    });

    it('says where one may still be there', async () => {
      const voice = await add('four');
      fail();
      await expect(make().forget({ name: 'four', voice }, { signal })).rejects.toMatchObject({ name: 'ProviderError' });
      fail();
      await expect(make().forget({ name: 'four' }, { signal })).rejects.toMatchObject({ name: 'ProviderError' });
      await make().forget({ name: 'four', voice }, { signal });
    });

    it('fails as its vendor fails', async () => {
      fail();
      await expect(add('five')).rejects.toMatchObject({ name: 'ProviderError' });
    });

    it('[T6] ends at once with the reason when it is called off', async () => {
      const reason = new Error('called off');
      await expect(add('six', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      hang();
      const stop = new AbortController();
      const made = add('six', stop);
      setImmediate(() => stop.abort(reason));
      await expect(made).rejects.toBe(reason);
      await expect(make().forget({ name: 'six' }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    });
  });
}
