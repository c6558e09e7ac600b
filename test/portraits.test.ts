import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AvatarList, PortraitMade } from '../protocol/portraits.ts';
import { astronautFile, turnedFace, withExif } from '../studio/testing/pictures.ts';
import { Caller, CHROMIUM, launchChromium } from './harness/browser.ts';
import { type System, startSystem, until } from './harness/system.ts';

const SECRET = 'taken-at-12-Garden-Lane';

let system: System;
let token: string;
beforeAll(async () => {
  system = await startSystem({ limits: { portraitsPerMinute: 100 }, portraits: { maxPerMaker: 100 } });
  const response = await fetch(`${system.url}/api/rooms/portraits/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Ann' }),
  });
  ({ token } = (await response.json()) as { token: string });
});
afterAll(() => system?.close());

const upload = (picture: Buffer) =>
  fetch(`${system.url}/api/portraits?name=Eileen`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'image/jpeg' },
    body: new Uint8Array(picture),
  });
const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;
const kept = () => {
  const folder = path.join(system.dataDir, 'portraits');
  return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
};
const filesUnder = (folder: string) =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name));

describe('a voice that is tried', () => {
  it('is a sound, where a voice of this machine can be designed', async () => {
    await system.ready();
    const response = await fetch(`${system.url}/api/portraits/hello`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ timbre: 1.2, pitch: 1.1, pace: 1 }),
    });
    if (response.status === 404) return expect(await codeOf(response)).toBe('voices-off');
    const wav = Buffer.from(await response.arrayBuffer());
    expect(wav.toString('latin1', 0, 4)).toBe('RIFF');
    // More than a second and a half.
    expect(wav.length).toBeGreaterThan(1.5 * 2 * wav.readUInt32LE(24));
  });
});

describe('a portrait of a photo', () => {
  it('talks in a film, keeps nothing of what the camera wrote, and can be removed', async () => {
    const response = await upload(withExif(await astronautFile(), 1, SECRET));
    expect(response.status).toBe(201);
    const { avatar, ownerSecret } = PortraitMade.parse(await response.json());
    const film = await fetch(`${system.url}${avatar.previewUrl}`);
    expect(film.headers.get('content-type')).toBe('video/webm');
    expect((await film.arrayBuffer()).byteLength).toBeGreaterThan(50_000);
    const files = filesUnder(system.dataDir);
    expect(files.some(file => file.endsWith('rig.json'))).toBe(true);
    for (const file of files) {
      const bytes = fs.readFileSync(file);
      expect(bytes.includes(SECRET), file).toBe(false);
      expect(bytes.includes('Exif'), file).toBe(false);
    }
    const listed = await (await fetch(`${system.url}/api/avatars?portraits=${avatar.id}`)).json();
    expect(AvatarList.parse(listed).avatars.at(-1)).toEqual(avatar);
    const removed = await fetch(`${system.url}/api/portraits/${avatar.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${ownerSecret}` },
    });
    expect(removed.status).toBe(204);
    expect(kept()).toEqual([]);
  });

  it('that will not do leaves nothing behind', async () => {
    expect(await codeOf(await upload(await turnedFace(0.75)))).toBe('face-turned-away');
    expect(await codeOf(await upload(Buffer.from('text')))).toBe('not-an-image');
    expect(kept()).toEqual([]);
  });

  it('is lost when its worker is killed in the middle, and the next one is made', async () => {
    const { worker } = system.portraits;
    const photo = await astronautFile();
    const lost = upload(photo);
    const job = await new Promise<number>(resolve => {
      const look = () => (kept().length > 0 && worker.pid ? resolve(worker.pid) : setImmediate(look));
      look();
    });
    process.kill(job, 'SIGKILL');
    expect(await codeOf(await lost)).toBe('worker-failed');
    expect(kept()).toEqual([]);
    expect((await upload(photo)).status).toBe(201);
    expect(worker.pid).not.toBe(job);
  });
});

/** With the keyboard alone; where no voice of this machine can be designed, that is said. */
async function designVoice({ page }: Caller): Promise<void> {
  const { voices } = AvatarList.parse(await (await fetch(`${system.url}/api/avatars`)).json());
  if (!voices) return page.getByText('No voice of this server can be changed').waitFor();
  const slider = page.getByRole('slider', { name: 'bigger or smaller' });
  await slider.focus();
  for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowRight');
  expect(await slider.getAttribute('aria-valuetext')).toBe('much smaller');
  await page.getByRole('button', { name: 'Say hello' }).focus();
  const said = page.waitForResponse(response => response.url().endsWith('/api/portraits/hello'));
  await page.keyboard.press('Enter');
  expect((await said).status()).toBe(200);
  await page.getByRole('button', { name: 'Say hello', disabled: false }).waitFor();
  expect((await page.getByRole('alert').allTextContents()).join('')).toBe('');
}

describe.skipIf(CHROMIUM === undefined)('in the lobby (skipped where there is no Chromium)', () => {
  for (const [device, viewport] of Object.entries({
    phone: { width: 390, height: 844 },
    desktop: { width: 1280, height: 800 },
  }))
    it(`a portrait is made, refused, used in the call and removed on a ${device}`, async () => {
      const browser = await launchChromium();
      try {
        await system.ready();
        const caller = await Caller.open(browser, `${system.url}/?name=Ann`, viewport);
        const { page } = caller;
        await page.getByText('Room, devices, language, another face').click();
        await page.getByRole('radio', { name: 'Face: Ollie' }).waitFor();
        const join = await page.getByRole('button', { name: 'Join', exact: true }).boundingBox();
        expect(join!.y + join!.height, 'the button to join is on the screen').toBeLessThan(viewport.height);
        await page.getByRole('button', { name: 'Use your own portrait' }).click();
        const choose = page.getByLabel('Choose a picture', { exact: true });
        await choose.setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from('text') });
        await page.getByRole('alert').filter({ hasText: 'not a JPEG' }).waitFor();
        await choose.setInputFiles({ name: 'eileen.jpg', mimeType: 'image/jpeg', buffer: await astronautFile() });
        await page.getByRole('button', { name: 'Use this portrait' }).waitFor();
        await until('the preview to play', () =>
          page.locator('video[aria-label="Preview of eileen"]').evaluate(video => {
            const { currentTime, videoWidth } = video as HTMLVideoElement;
            return currentTime > 0.2 && videoWidth === 512;
          }),
        );
        expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Use this portrait');
        await designVoice(caller);
        await page.getByRole('button', { name: 'Use this portrait' }).focus();
        await page.keyboard.press('Enter');
        await page.getByRole('dialog').waitFor({ state: 'hidden' });
        expect(await page.getByRole('radio', { name: 'Face: eileen' }).isChecked()).toBe(true);
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
        const own = await page.getByRole('radio', { name: 'Face: eileen' }).getAttribute('value');
        const listed = await fetch(`${system.url}/api/avatars?portraits=${own}`);
        const { avatars, voices } = AvatarList.parse(await listed.json());
        expect(avatars.at(-1)!.voice).toEqual(voices ? { timbre: 1.2, pitch: 1, pace: 1 } : undefined);

        await caller.join();
        // Behind her is a light wall; Ollie swims in dark blue.
        await until('her face', () =>
          page.locator('video[data-kind="avatar"]').evaluate(video => {
            const context = new OffscreenCanvas(8, 8).getContext('2d')!;
            context.drawImage(video as HTMLVideoElement, 0, 0, 8, 8);
            return context.getImageData(0, 0, 1, 1).data[0]! > 130;
          }),
        );
        await page.getByRole('button', { name: 'Leave' }).click();
        await page.goto(`${system.url}/`);
        await page.getByText('Room, devices, language, another face').click();
        await page.getByRole('radio', { name: 'Face: eileen' }).waitFor();
        const before = kept().length;
        await page.getByRole('button', { name: 'Use your own portrait' }).click();
        await page.getByRole('button', { name: 'Remove' }).click();
        await choose.waitFor({ state: 'attached' });
        await page.getByRole('button', { name: 'Close' }).click();
        expect(await page.getByRole('radio', { name: 'Face: eileen' }).count()).toBe(0);
        expect(await page.getByRole('radio', { name: 'Face: Ollie' }).isChecked()).toBe(true);
        expect(kept()).toHaveLength(before - 1);
        expect(caller.errors).toEqual([]);
      } finally {
        await browser.close();
      }
    });
});
