/** Nobody marks their own work: our server of Amazon Polly, and the signatures that it checks, by Amazon's own client. */
import { PollyClient, SynthesizeSpeechCommand } from '@aws-sdk/client-polly';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, describe, expect, it } from 'vitest';
import { PollyServer } from './polly.ts';
import { closeSpeaking, speaking } from './speaking.ts';

afterAll(() => closeSpeaking());

describe('our server of Polly', () => {
  it('is understood by Amazon’s own client, whose signatures it finds right', async () => {
    const server = new PollyServer();
    await server.open();
    const credentials = {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: PollyServer.secret,
      sessionToken: 'for a while',
    };
    // By itself it speaks HTTP/2, which our server does not.
    const how = {
      region: 'eu-west-1',
      endpoint: server.baseUrl,
      requestHandler: new NodeHttpHandler(),
      maxAttempts: 1,
    };
    const client = new PollyClient({ ...how, credentials });
    const question = { Engine: 'neural', VoiceId: 'Amy', Text: 'So am I.' } as const;
    const sound = await client.send(
      new SynthesizeSpeechCommand({ ...question, OutputFormat: 'pcm', SampleRate: '16000' }),
    );
    const bytes = await sound.AudioStream?.transformToByteArray();
    expect(bytes?.length).toBe(2 * (await speaking('So am I.', 16_000)).pcm.length);
    const marks = await client.send(
      new SynthesizeSpeechCommand({ ...question, OutputFormat: 'json', SpeechMarkTypes: ['word', 'viseme'] }),
    );
    const lines = (await marks.AudioStream?.transformToString())!.trim().split('\n');
    const words = lines.map(line => JSON.parse(line)).filter(({ type }) => type === 'word');
    expect(words.map(({ value }) => value)).toEqual(['So', 'am', 'I']);
    const stranger = { ...credentials, secretAccessKey: 'another' };
    const other = new PollyClient({ ...how, requestHandler: new NodeHttpHandler(), credentials: stranger });
    const refused = other.send(new SynthesizeSpeechCommand({ ...question, OutputFormat: 'pcm', SampleRate: '16000' }));
    await expect(refused).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    client.destroy();
    other.destroy();
    expect(server.problems).toEqual([]);
    await server.close();
  });
});
