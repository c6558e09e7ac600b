import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wavOf } from '../agents/speak/wav.ts';
import { astronautFile } from '../studio/testing/pictures.ts';
import { Caller, CHROMIUM, launchChromium } from './harness/browser.ts';
import { type System, startSystem, until } from './harness/system.ts';
import { TestVoice } from './harness/voice.ts';
import { ElevenLabsServer } from './vendors/elevenlabs.ts';
import { ElevenLabsVoices } from './vendors/elevenlabs-voices.ts';

const TALK = [
  'I live in a small house by the sea, with two cats and a garden.',
  'In the morning I drink tea at the window, and watch the boats go out.',
  'In the evening they come home again, one after the other, and I count them.',
];
const KEY = 'ELEVENLABS_API_KEY';

describe.skipIf(CHROMIUM === undefined)('a voice of one’s own (skipped where there is no Chromium)', () => {
  const speech = new ElevenLabsServer();
  const voices = new ElevenLabsVoices();
  const before = process.env[KEY];
  let system: System;
  let voice: TestVoice;

  beforeAll(async () => {
    process.env[KEY] = 'secret';
    await Promise.all([speech.open(), voices.open()]);
    voice = new TestVoice();
    system = await startSystem({
      limits: { portraitsPerMinute: 100 },
      agent: {
        speech: [{ use: 'elevenlabs', baseUrl: speech.baseUrl, voice: 'usual' }, { use: 'embedded' }],
        voiceCloning: [{ use: 'elevenlabs', baseUrl: voices.baseUrl }],
      },
    });
    await system.ready();
  });
  afterAll(async () => {
    await Promise.all([system?.close(), voice?.close()]);
    await Promise.all([speech.close(), voices.close()]);
    if (before === undefined) delete process.env[KEY];
    else process.env[KEY] = before;
  });

  /** All of it, one sentence after the other. */
  const talk = async (...sentences: string[]) => {
    const said = await Promise.all(sentences.map(sentence => voice.say(sentence, 'slt')));
    return Int16Array.from(said.flatMap(pcm => [...pcm, ...new Int16Array(4000)]));
  };

  it('is recorded, heard, spoken with in its owner’s call, and removed, at the vendor, too', async () => {
    const browser = await launchChromium();
    try {
      const caller = await Caller.open(browser, `${system.url}/?name=Ann`);
      const { page } = caller;
      const button = (name: string) => page.getByRole('button', { name, exact: true });
      await page.getByText('Room, devices, language, another face').click();
      await button('Use your own portrait').click();
      const picture = { name: 'me.jpg', mimeType: 'image/jpeg', buffer: await astronautFile() };
      await page.getByLabel('Choose a picture', { exact: true }).setInputFiles(picture);
      await button('Use my own voice').click();

      // Somebody's recording in which nobody agrees.
      const other = await talk(...TALK, ...TALK);
      const file = { name: 'other.wav', mimeType: 'audio/wav', buffer: wavOf(other, 16_000) };
      await page.getByLabel('Use a recording of mine').setInputFiles(file);
      await page.getByRole('alert').filter({ hasText: 'could not be heard' }).waitFor();
      expect(voices.asked).toEqual([]);

      await button('Use my own voice').click();
      const sentence = await page.locator('blockquote').innerText();
      expect(sentence).toMatch(/^I agree that a voice is made of this recording of me/);
      await button('Record').click();
      const stop = button('Stop, and use it');
      await stop.waitFor();
      await caller.speak(await talk(...sentence.split(/(?<=\.) /), ...TALK));
      await until('twenty seconds', () => stop.isEnabled());
      await stop.click();
      await page.getByText('This portrait speaks with your voice').waitFor();
      expect(voices.problems).toEqual([]);
      const [[id, made] = ['', undefined]] = voices.voices;
      expect(made!.wav.readUInt32LE(40) / 2 / 48_000).toBeGreaterThan(20);

      const hello = page.waitForResponse(response => response.url().endsWith('/own-voice/hello'));
      await button('Hear it').click();
      expect((await hello).status()).toBe(200);
      expect(speech.asked.at(-1)?.voice).toBe(id);

      await button('Use this portrait').click();
      const asked = speech.asked.length;
      await caller.join();
      await until('the greeting in that voice', () => speech.asked.length > asked);
      expect(speech.asked.slice(asked).map(each => each.voice)).toEqual(expect.arrayContaining([id]));
      expect(speech.asked.slice(asked).some(each => each.voice !== id)).toBe(false);

      // Somebody else who was given the portrait's address hears the usual voice.
      const own = await page.evaluate(() => JSON.parse(localStorage.getItem('visavis-portraits') ?? '[]')[0].id);
      const guest = await Caller.open(browser, `${system.url}/r/elsewhere?name=Bob&avatar=${own}`);
      const later = speech.asked.length;
      await guest.join();
      await until('a greeting', () => speech.asked.slice(later).some(each => each.voice === 'usual'));
      await guest.close();

      await button('Leave').click();
      await page.goto(`${system.url}/`);
      await page.getByText('Room, devices, language, another face').click();
      await page.getByRole('radio', { name: 'Face: me' }).waitFor();
      await button('Use your own portrait').click();
      voices.faults = ['down'];
      await button('Remove my voice').click();
      await button('Use my own voice').waitFor();
      await until('the vendor to be asked', () => voices.asked.some(each => each.startsWith('DELETE')));
      expect(voices.voices.has(id)).toBe(true);
      await button('Remove').click();
      expect(caller.errors).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
