/** Nobody marks their own work: our server of Google's live recognition, by Google's own client. */
import { generateKeyPairSync } from 'node:crypto';
import { v2 } from '@google-cloud/speech';
import * as grpc from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { until } from '../harness/system.ts';
import { GoogleListeningServer } from './google-listening.ts';
import { sayingOf } from './hearing.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const KEY = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('our server of Google’s live recognition', () => {
  it('is understood by Google’s own client', async () => {
    const server = new GoogleListeningServer();
    await server.open();
    const client = new v2.SpeechClient({
      apiEndpoint: '127.0.0.1',
      port: server.port,
      sslCreds: grpc.credentials.createInsecure(),
      projectId: 'mine',
      // Without a key it would ask the network who it is.
      credentials: { client_email: 'ollie@mine.iam.gserviceaccount.com', private_key: KEY },
    });
    const recognizer = 'projects/mine/locations/global/recognizers/_';
    const headers = { 'x-goog-request-params': `recognizer=${encodeURIComponent(recognizer)}` };
    const stream = client._streamingRecognize({ otherArgs: { headers } });
    const told: [string, boolean][] = [];
    let isOver = false;
    stream.on('data', ({ results }: { results: { alternatives: { transcript: string }[]; isFinal: boolean }[] }) => {
      for (const { alternatives, isFinal } of results) told.push([alternatives[0]!.transcript.trim(), isFinal]);
    });
    stream.on('end', () => {
      isOver = true;
    });
    const sound = { encoding: 'LINEAR16' as const, sampleRateHertz: 16_000, audioChannelCount: 1 };
    const config = { explicitDecodingConfig: sound, languageCodes: ['en-US'], model: 'long' };
    stream.write({
      recognizer,
      streamingConfig: { config, streamingFeatures: { interimResults: true } },
    });
    const { pcm } = sayingOf('apples');
    for (let at = 0; at < pcm.length; at += 4000) {
      const piece = pcm.slice(at, at + 4000);
      stream.write({ audio: Buffer.from(piece.buffer) });
    }
    await until('the first words', () => told.length > 0);
    stream.end();
    await until('the end', () => isOver);
    expect(told[0]).toEqual(['apples', false]);
    expect(told.at(-1)).toEqual(['apples', true]);
    expect(server.problems).toEqual([]);
    await client.close();
    await server.close();
  });
});
