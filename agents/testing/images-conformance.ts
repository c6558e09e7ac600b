import type http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProviderError } from '../base/errors.ts';
import type { ImageGenerator } from '../images/port.ts';
import { type Asked, answer, JsonEndpoint } from './json-endpoint.ts';

/** What such an endpoint sends for {@link PICTURE}. */
export const PICTURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]);

export const imageRequest = (signal = new AbortController().signal) => ({
  prompt: 'a friendly librarian',
  seed: 42,
  steps: 25,
  size: 1024,
  signal,
});

export interface ImagesSubject {
  /** With a key that contains `secret`. */
  make(origin: string): ImageGenerator;
  /** How its endpoint sends {@link PICTURE}: at once, or by what it is asked. */
  picture: object | ((response: http.ServerResponse, asked: Asked) => void);
  /** How it refuses words for safety. */
  refusal: readonly [status: number, body: object];
}

/** Everything that the port promises, for any image generator behind an endpoint. */
export function imagesConformance(name: string, { make: makeAt, picture, refusal }: ImagesSubject): void {
  describe(`${name} as an ImageGenerator`, () => {
    const endpoint = new JsonEndpoint();
    beforeAll(() => endpoint.open());
    afterAll(() => endpoint.close());
    const make = () => makeAt(endpoint.origin);
    const request = imageRequest;

    const failure = async (respond: (response: http.ServerResponse) => void): Promise<ProviderError> => {
      endpoint.reply = respond;
      const error = await make()
        .generate(request())
        .catch(problem => problem);
      expect(error).toBeInstanceOf(ProviderError);
      return error;
    };

    it('come as the bytes of a picture', async () => {
      endpoint.reply = typeof picture === 'function' ? (picture as typeof endpoint.reply) : answer(200, picture);
      expect(Buffer.from(await make().generate(request())).equals(PICTURE)).toBe(true);
    });

    it.each([
      [401, 'auth', false],
      [403, 'auth', false],
      [429, 'quota', true],
      [500, 'network', true],
      [503, 'network', true],
      [404, 'internal', false],
    ] as const)('status %i is a failure of the kind %s', async (status, category, retryable) => {
      const error = await failure(answer(status, { error: { message: 'a friendly librarian sk-secret' } }));
      expect(error).toMatchObject({ category, retryable });
      expect(error.message, '[P1]').not.toMatch(/librarian|secret/);
    });

    it('that are refused for safety are told apart from failures', async () => {
      expect(await failure(answer(...refusal))).toMatchObject({ category: 'bad-input', retryable: false });
    });

    it.each([
      ['no JSON', '<html>bad gateway</html>'],
      ['nothing', ''],
      ['null', 'null'],
      ['an empty list', { data: [], images: [] }],
      ['a number for a picture', { data: [{ b64_json: 5 }], images: [5] }],
      ['a picture of no bytes', { data: [{ b64_json: '!!!' }], images: ['!!!'] }],
    ])('that are %s are a failure', async (_name, body) => {
      expect((await failure(answer(200, body))).category).toBe('internal');
    });

    it('that never end are cut off', async () => {
      const flood = (response: http.ServerResponse) => {
        response.writeHead(200);
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(1 << 20, 65)));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      };
      expect(await failure(flood)).toMatchObject({ category: 'internal', retryable: false });
    });

    it('whose endpoint hangs up are a failure', async () => {
      expect(await failure(response => response.destroy())).toMatchObject({ category: 'network', retryable: true });
      expect(await failure(response => response.writeHead(200).write('{', () => response.destroy()))).toMatchObject({
        category: 'network',
      });
    });

    it('that nobody waits for any more end at once, with the reason', async () => {
      const controller = new AbortController();
      const reason = new Error('called off');
      endpoint.reply = () => controller.abort(reason);
      await expect(make().generate(request(controller.signal))).rejects.toBe(reason);
      await expect(make().generate(request(AbortSignal.abort(reason)))).rejects.toBe(reason);
    });
  });
}
