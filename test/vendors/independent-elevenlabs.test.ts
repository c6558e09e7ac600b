/** Our servers of ElevenLabs by ElevenLabs' own client, for who has installed it: `npm install --no-save` and its name. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../harness/system.ts';
import { ElevenLabsServer } from './elevenlabs.ts';
import { sayingOf } from './hearing.ts';
import { ScribeServer } from './scribe.ts';
import { closeSpeaking, speaking } from './speaking.ts';

const PACKAGE: string = '@elevenlabs/elevenlabs-js';
const isInstalled = (() => {
  try {
    return import.meta.resolve(PACKAGE) !== '';
  } catch {
    return false;
  }
})();

/** What is used of it. */
interface Client {
  RealtimeEvents: Record<'SESSION_STARTED' | 'PARTIAL_TRANSCRIPT' | 'COMMITTED_TRANSCRIPT', string>;
  ElevenLabsClient: new (options: {
    apiKey: string;
    baseUrl: string;
  }) => {
    textToSpeech: {
      streamWithTimestamps(
        voice: string,
        asked: object,
      ): Promise<AsyncIterable<{ audioBase64: string; alignment?: { characters: string[] } }>>;
    };
    speechToText: {
      realtime: {
        connect(asked: object): Promise<{
          on(event: string, listener: (told: { text: string }) => void): void;
          send(chunk: { audioBase64: string }): void;
          commit(): void;
          close(): void;
        }>;
      };
    };
  };
}

afterAll(() => closeSpeaking());

describe.skipIf(!isInstalled)(
  `our servers of ElevenLabs (skipped where ${PACKAGE} is not installed: it has 108 MB)`,
  () => {
    let own: Client;
    beforeAll(async () => {
      own = (await import(PACKAGE)) as Client;
    });

    it('are understood by ElevenLabs’ own client, which has them speak, character by character', async () => {
      const server = new ElevenLabsServer();
      await server.open();
      const client = new own.ElevenLabsClient({ apiKey: 'secret', baseUrl: server.baseUrl });
      const pieces = await client.textToSpeech.streamWithTimestamps('mine', {
        text: 'So am I.',
        modelId: 'eleven_flash_v2_5',
        outputFormat: 'pcm_24000',
      });
      let bytes = 0;
      let text = '';
      for await (const { audioBase64, alignment } of pieces) {
        bytes += Buffer.from(audioBase64, 'base64').length;
        text += alignment?.characters.join('') ?? '';
      }
      expect([text, bytes]).toEqual(['So am I.', 2 * (await speaking('So am I.', 24_000)).pcm.length]);
      expect(server.problems).toEqual([]);
      await server.close();
    });

    it('are understood by it where it has them listen', async () => {
      const server = new ScribeServer();
      await server.open();
      const client = new own.ElevenLabsClient({ apiKey: 'secret', baseUrl: server.baseUrl });
      const connection = await client.speechToText.realtime.connect({
        modelId: 'scribe_v2_realtime',
        audioFormat: 'pcm_16000',
        sampleRate: 16_000,
        commitStrategy: 'manual',
      });
      const partials: string[] = [];
      const finals: string[] = [];
      let isOpen = false;
      connection.on(own.RealtimeEvents.SESSION_STARTED, () => {
        isOpen = true;
      });
      connection.on(own.RealtimeEvents.PARTIAL_TRANSCRIPT, ({ text }) => partials.push(text));
      connection.on(own.RealtimeEvents.COMMITTED_TRANSCRIPT, ({ text }) => finals.push(text));
      await until('the session', () => isOpen);
      connection.send({ audioBase64: Buffer.from(sayingOf('apples').pcm.slice().buffer).toString('base64') });
      connection.commit();
      await until('the words', () => finals.length > 0);
      expect([partials, finals]).toEqual([['apples'], ['apples']]);
      connection.close();
      await until('its end', () => server.connections === 0);
      expect(server.problems).toEqual([]);
      await server.close();
    });
  },
);
