import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ComfyUi } from '../providers/comfyui/images.ts';
import { plainWorkflow } from '../providers/comfyui/workflow.ts';
import { OpenAiImages } from '../providers/openai/images.ts';
import { SdWebUi } from '../providers/sdwebui/images.ts';
import { type ImagesSubject, imageRequest, imagesConformance, PICTURE } from '../testing/images-conformance.ts';
import { answer, JsonEndpoint } from '../testing/json-endpoint.ts';

const VENDORS = {
  'OpenAI-compatible': {
    make: origin => new OpenAiImages({ apiKey: 'sk-secret', baseUrl: `${origin}/v1`, model: 'sdxl' }),
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
    make: origin => new SdWebUi({ baseUrl: `${origin}/`, auth: 'ann:secret' }),
    picture: { images: [PICTURE.toString('base64')], parameters: {}, info: '{"seed": 42}' },
    refusal: [422, { detail: [{ loc: ['body', 'prompt'], msg: 'blocked by the safety checker' }] }],
  },
  ComfyUI: {
    make: origin =>
      new ComfyUi({ baseUrl: `${origin}/`, token: 'secret', workflow: plainWorkflow('sdxl'), identity: 'plain' }),
    picture: (response, { url }) => {
      if (url.startsWith('/view')) response.end(PICTURE);
      else if (url === '/prompt') answer(200, { prompt_id: 'a', number: 1, node_errors: {} })(response);
      else
        answer(200, { a: { outputs: { 7: { images: [{ filename: 'f', subfolder: '', type: 'temp' }] } } } })(response);
    },
    refusal: [400, { error: { type: 'x', message: 'blocked by the safety checker', details: '' }, node_errors: {} }],
  },
} satisfies Record<string, ImagesSubject>;

for (const [name, subject] of Object.entries(VENDORS)) imagesConformance(name, subject);

describe('on the wire', () => {
  const endpoint = new JsonEndpoint();
  beforeAll(() => endpoint.open());
  beforeEach(() => {
    endpoint.asked = [];
  });
  afterAll(() => endpoint.close());

  it('an OpenAI-compatible endpoint is asked for base64, with its key', async () => {
    endpoint.reply = answer(200, VENDORS['OpenAI-compatible'].picture);
    await VENDORS['OpenAI-compatible'].make(endpoint.origin).generate(imageRequest());
    const { url, headers, body } = endpoint.asked[0]!;
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
    endpoint.reply = answer(200, VENDORS.AUTOMATIC1111.picture);
    await new SdWebUi({ baseUrl: endpoint.origin, auth: 'ann:secret', model: 'dreamlike' }).generate(imageRequest());
    const { url, headers, body } = endpoint.asked[0]!;
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
