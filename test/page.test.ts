import { AccessToken } from 'livekit-server-sdk';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Caller, CHROMIUM, launchChromium } from './harness/browser.ts';
import { type System, startSystem, until } from './harness/system.ts';

const PHONE = { width: 390, height: 844 };

describe.skipIf(CHROMIUM === undefined)('the page (skipped where there is no Chromium)', () => {
  let system: System;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem({ limits: { peoplePerRoom: 2 } }), launchChromium()]);
    await system.ready();
  });
  afterAll(async () => {
    await browser?.close();
    await system?.close();
  });
  const open = (path: string, viewport?: typeof PHONE) => Caller.open(browser, `${system.url}${path}`, viewport);
  const alert = (caller: Caller) => caller.page.getByRole('alert').first().textContent();
  const token = async (seconds: number) => {
    const jwt = new AccessToken(system.keys.apiKey, system.keys.apiSecret, {
      identity: 'eve',
      name: 'Eve',
      ttl: seconds,
    });
    jwt.addGrant({ roomJoin: true, room: 'invited' });
    return jwt.toJwt();
  };

  for (const [device, viewport] of Object.entries({ phone: PHONE, desktop: { width: 1440, height: 900 } }))
    it(`keeps its accessible names on a ${device}, and nothing lies outside the screen`, async () => {
      const caller = await open('/r/names?name=Ann', viewport);
      await caller.join();
      const { page } = caller;
      for (const name of ['Leave', 'Mute microphone', 'Turn camera off', 'Send'])
        await page.getByRole('button', { name, exact: true }).waitFor();
      await page.getByRole('textbox', { name: 'Message' }).waitFor();
      await page.getByRole('log', { name: 'Conversation' }).waitFor();
      await page.locator('video[aria-label="Ollie"][data-kind="avatar"]').waitFor();
      await page.locator('video[aria-label="Ann"]').waitFor({ state: 'attached' });
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);

      await page.getByRole('button', { name: 'Mute microphone' }).click();
      await page.getByRole('button', { name: 'Unmute microphone' }).waitFor();
      await until('the others to be told', () => {
        const [seat] = system.rooms.find('names')?.seats.values() ?? [];
        return seat?.media.producers().find(({ source }) => source === 'microphone')?.paused === true;
      });
      await page.getByRole('button', { name: 'Leave' }).click();
      await page.getByRole('button', { name: 'Join again' }).waitFor();
      await until('the room to end', () => system.rooms.find('names') === undefined);
      await caller.close();
    });

  it('lets somebody whose microphone is refused join, read and type', async () => {
    const caller = await open('/r/refused?name=Ann&microphone=refused&camera=none');
    await until('a friendly word', async () => /microphone/i.test(await caller.page.locator('main').innerText()));
    await caller.join();
    await caller.page.getByRole('textbox', { name: 'Message' }).fill('Hello Ollie');
    await caller.page.keyboard.press('Enter');
    await until('an answer', async () => (await caller.log()).some(({ role }) => role === 'avatar'));
    await caller.close();
  });

  it('says that a room is full', async () => {
    const callers = [];
    for (const name of ['Ann', 'Bob']) {
      const caller = await open(`/r/full?name=${name}&join=1`);
      await caller.page.locator('[data-state="connected"]').waitFor();
      callers.push(caller);
    }
    const third = await open('/r/full?name=Eve&join=1');
    await until('the refusal', async () => /full/i.test((await alert(third)) ?? ''));
    await third.page.getByRole('button', { name: 'Join again' }).waitFor();
    await Promise.all([...callers, third].map(caller => caller.close()));
  });

  it('[S1] says that an invitation has expired, and admits who has a good one', async () => {
    const late = await open(`/r/invited?join=1&token=${await token(-60)}`);
    await until('the refusal', async () => /expired/i.test((await alert(late)) ?? ''));
    const good = await open(`/r/invited?join=1&token=${await token(60)}`);
    await good.connected();
    await Promise.all([late.close(), good.close()]);
  });

  it('shows a hostile name as the text it is', async () => {
    const caller = await open(
      `/r/hostile?name=${encodeURIComponent('<img src=x onerror="window.owned=1">\u202e')}&join=1`,
    );
    await caller.connected();
    await caller.page
      .locator('video[aria-label=\'<img src=x onerror="window.owned=1">\']')
      .waitFor({ state: 'attached' });
    expect(await caller.page.evaluate(() => 'owned' in window)).toBe(false);
    await caller.close();
  });

  it('takes its place again when the page is loaded again, with what was said before', async () => {
    const caller = await open('/r/reload?name=Ann');
    await caller.join();
    await caller.page.getByRole('textbox', { name: 'Message' }).fill('Remember the rhododendron.');
    await caller.page.keyboard.press('Enter');
    await until('an answer', async () => (await caller.log()).at(-1)?.role === 'avatar');
    const [seat] = system.rooms.find('reload')!.seats.values();
    await caller.page.reload();
    await caller.connected();
    await until('what was said', async () =>
      (await caller.log()).some(({ text, role }) => role === 'user' && text === 'Remember the rhododendron.'),
    );
    const seats = [...system.rooms.find('reload')!.seats.values()];
    expect(seats.map(({ admission }) => admission.identity)).toEqual([seat!.admission.identity]);
    await caller.page.getByRole('button', { name: 'Leave' }).click();
    await caller.page.getByRole('button', { name: 'Save what was said as text' }).waitFor();
    await until('the room to end', () => system.rooms.find('reload') === undefined);
    await caller.page.getByRole('radio', { name: 'Good', exact: true }).check();
    await caller.page.getByLabel('What made it so?').fill('It remembered.');
    await caller.page.getByRole('button', { name: 'Send' }).click();
    await caller.page.getByText('Thank you.').waitFor();
    const figures = await (await fetch(`${system.url}/metrics`)).text();
    expect(figures).toContain('visavis_ratings_total{persona="ollie",stars="4"} 1');
    await caller.close();
  });

  it('says in the lobby whom a link asks for in vain, and who is there instead', async () => {
    const caller = await open('/r/vain?name=Ann&persona=nobody&avatar=gone');
    await caller.page.getByText('There is nobody called “nobody” here. You meet Ollie instead.').waitFor();
    await caller.page.getByText('The face that this link asks for is not here any more.').waitFor();
    await caller.page.getByRole('radio', { name: 'June' }).waitFor();
    await caller.join();
    await caller.page.locator('video[aria-label="Ollie"][data-kind="avatar"]').waitFor();
    await caller.close();
  });

  it('shows a page for an address that there is not, and begins a room of its own on the front page', async () => {
    const nowhere = await open('/nowhere/at/all');
    await nowhere.page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor();
    expect((await fetch(`${system.url}/nowhere`)).status).toBe(404);
    await nowhere.page.getByRole('link', { name: 'Go to the front page' }).click();
    await nowhere.page.getByRole('button', { name: 'Join', exact: true }).click();
    await nowhere.page.getByText('Please tell the others what to call you.').waitFor();
    expect(await nowhere.page.evaluate(() => document.activeElement?.getAttribute('autocomplete'))).toBe('name');
    await nowhere.page.getByLabel('Your name').fill('Ann');
    await nowhere.join();
    expect(new URL(nowhere.page.url()).pathname).toMatch(/^\/r\/[a-z]+-[a-z]+-[a-z2-9]{6}$/);
    await nowhere.close();
  });

  it('stands under a path of its own, where the settings say so, and is small to those who can unpack it', async () => {
    const other = await startSystem({ basePath: '/talk/' });
    await other.ready();
    const page = await fetch(`${other.url}/talk/`);
    const html = await page.text();
    expect(html).toContain('<base href="/talk/"');
    const script = /src="\.\/(assets\/[^"]+\.js)"/.exec(html)![1];
    const sent = await fetch(`${other.url}/talk/${script}`, { headers: { 'accept-encoding': 'br' } });
    expect(sent.headers.get('content-encoding')).toBe('br');
    expect(sent.headers.get('cache-control')).toMatch(/max-age=31536000, immutable/);
    // Probes know no path.
    expect((await fetch(`${other.url}/health`)).status).toBe(200);
    const caller = await Caller.open(browser, `${other.url}/talk/?name=Ann`);
    await caller.join();
    expect(new URL(caller.page.url()).pathname).toMatch(/^\/talk\/r\//);
    expect(caller.errors).toEqual([]);
    await caller.close();
    await other.close();
  });

  it('says so when the server is lost', async () => {
    const other = await startSystem();
    await other.ready();
    const caller = await Caller.open(browser, `${other.url}/r/lost?name=Ann`);
    await caller.join();
    await other.close();
    await caller.page
      .getByText(/connection was lost|restarting|cannot be reached/i)
      .first()
      .waitFor();
    await caller.close();
  });
});
