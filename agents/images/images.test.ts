import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ProviderError } from '../base/errors.ts';
import { OpenAiImages } from '../providers/openai/images.ts';
import { SdWebUi } from '../providers/sdwebui/images.ts';
import type { ImageGenerator } from './port.ts';

const PICTURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]);

interface Asked {
  url: string;
  headers: http.IncomingHttpHeaders;
  body: Record<string, unknown>;
}
let server: http.Server;
let origin: string;
let asked: Asked[];
let reply: (response: http.ServerResponse) => void;

const answer = (status: number, body: unknown) => (response: http.ServerResponse) =>
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(typeof body === 'string' ? body : JSON.stringify(body));

beforeAll(async () => {
  server = http.createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    asked.push({
      url: request.url ?? '',
      headers: request.headers,
      body: JSON.parse(Buffer.concat(parts).toString() || '{}'),
    });
    reply(response);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
});

const request = (signal = new AbortController().signal) => ({
  prompt: 'a friendly librarian',
  seed: 42,
  steps: 25,
  size: 1024,
  signal,
});

interface Vendor {
  make(): ImageGenerator;
  picture: unknown;
  refusal: [status: number, body: object];
}
const VENDORS: Record<string, Vendor> = {
  'OpenAI-compatible': {
    make: () => new OpenAiImages({ apiKey: 'sk-secret', baseUrl: `${origin}/v1`, model: 'sdxl' }),
    picture: { created: 1, data: [{ b64_json: PICTURE.toString('base64'), revised_prompt: 'a face' }] },
    refusal: [
      400,
      {
        error: {
          code: 'content_policy_violation',
          message: 'Your request was rejected as a result of our safety system.',
          type: 'invalid_request_error',
        },
      },
    ],
  },
  AUTOMATIC1111: {
    make: () => new SdWebUi({ baseUrl: `${origin}/`, auth: 'ann:secret' }),
    picture: { images: [PICTURE.toString('base64')], parameters: {}, info: '{"seed": 42}' },
    refusal: [422, { detail: [{ loc: ['body', 'prompt'], msg: 'blocked by the safety checker' }] }],
  },
};

describe.each(Object.entries(VENDORS))('%s images', (_, { make, picture, refusal }) => {
  const failure = async (respond: (response: http.ServerResponse) => void): Promise<ProviderError> => {
    reply = respond;
    const error = await make()
      .generate(request())
      .catch(problem => problem);
    expect(error).toBeInstanceOf(ProviderError);
    return error;
  };

  it('come as the bytes of a picture', async () => {
    reply = answer(200, picture);
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
    reply = () => controller.abort(reason);
    await expect(make().generate(request(controller.signal))).rejects.toBe(reason);
    await expect(make().generate(request(AbortSignal.abort(reason)))).rejects.toBe(reason);
  });
});

describe('on the wire', () => {
  it('an OpenAI-compatible endpoint is asked for base64, with its key', async () => {
    reply = answer(200, VENDORS['OpenAI-compatible']!.picture);
    await VENDORS['OpenAI-compatible']!.make().generate(request());
    const [{ url, headers, body }] = asked as [Asked];
    expect(url).toBe('/v1/images/generations');
    expect(headers.authorization).toBe('Bearer sk-secret');
    expect(body).toEqual({
      model: 'sdxl',
      prompt: 'a friendly librarian',
      n: 1,
      size: '1024x1024',
      response_format: 'b64_json',
      seed: 42,
      steps: 25,
    });
  });

  it('the web UI is asked for one picture, with its user', async () => {
    reply = answer(200, VENDORS.AUTOMATIC1111!.picture);
    await new SdWebUi({ baseUrl: origin, auth: 'ann:secret', model: 'dreamlike' }).generate(request());
    const [{ url, headers, body }] = asked as [Asked];
    expect(url).toBe('/sdapi/v1/txt2img');
    expect(headers.authorization).toBe(`Basic ${Buffer.from('ann:secret').toString('base64')}`);
    expect(body).toMatchObject({
      prompt: 'a friendly librarian',
      seed: 42,
      steps: 25,
      width: 1024,
      height: 1024,
      batch_size: 1,
      override_settings: { sd_model_checkpoint: 'dreamlike' },
    });
  });
});
