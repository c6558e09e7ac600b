import { createCanvas } from '@napi-rs/canvas';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Caller, CHROMIUM, launchChromium } from './harness/browser.ts';
import { type System, startSystem, until } from './harness/system.ts';

describe.skipIf(CHROMIUM === undefined)('people in a room (skipped where there is no Chromium)', () => {
  let system: System;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), launchChromium()]);
    await system.ready();
  });
  afterAll(async () => {
    await browser?.close();
    await system?.close();
  });
  // Whoever is still there would be in the way of another try.
  afterEach(() => Promise.all(browser.contexts().map(context => context.close())));
  const enter = async (room: string, name: string) => {
    const caller = await Caller.open(browser, `${system.url}/r/${room}?name=${name}&join=1`);
    await caller.page.locator('[data-state="connected"]').waitFor();
    return caller;
  };

  it('are invited by a link that holds nothing of one’s own, listed, and counted', async () => {
    const ann = await enter('guests', 'Ann&persona=ollie');
    await ann.page.getByRole('button', { name: 'Invite somebody' }).click();
    const dialog = ann.page.getByRole('dialog', { name: 'People' });
    const link = await dialog.getByLabel('Link to this room').inputValue();
    expect(link).toBe(`${system.url}/r/guests`);
    await ann.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await dialog.getByRole('button', { name: 'Copy link' }).click();
    await dialog.getByText('Copied.').waitFor();
    expect(await ann.page.evaluate(() => navigator.clipboard.readText())).toBe(link);
    await dialog.getByRole('button', { name: 'QR code' }).click();
    await dialog.getByRole('img', { name: /QR code/ }).waitFor();
    await Caller.open(browser, `${link}?name=Bob&join=1`);
    await until('Bob to be listed', async () => (await dialog.getByRole('listitem').count()) === 3);
    expect(await dialog.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/^Ollie\s+AI$/),
      expect.stringMatching(/^Ann\s+you\s+host\s+muted$/),
      expect.stringMatching(/^Bob\s+muted\b/),
    ]);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await ann.page.getByRole('button', { name: 'People (2)' }).waitFor();
    expect(await ann.page.getByRole('button', { name: 'Invite somebody' }).count()).toBe(0);
  });

  it('raise their hands in order, and react; who comes later sees the hands', async () => {
    const [ann, bob] = [await enter('hands', 'Ann'), await enter('hands', 'Bob')];
    await bob.page.keyboard.press('h');
    await ann.page.getByRole('article', { name: /^Bob.*hand raised/ }).waitFor();
    await ann.page.getByRole('button', { name: 'Raise hand' }).click();
    await bob.page.getByRole('article', { name: /^Ann.*hand raised/ }).waitFor();
    await ann.page.getByRole('button', { name: 'React' }).click();
    await ann.page.getByRole('button', { name: 'Applause' }).click();
    await bob.page.getByRole('article', { name: /^Ann/ }).getByText('👏').waitFor();

    const cy = await enter('hands', 'Cy');
    await cy.page.getByRole('button', { name: 'People (3)' }).click();
    const people = cy.page.getByRole('dialog', { name: 'People' }).getByRole('listitem');
    await until('the list', async () => (await people.count()) === 4);
    expect((await people.allInnerTexts()).map(text => text.split('\n', 1)[0])).toEqual(['Ollie', 'Bob', 'Ann', 'Cy']);
    await bob.page.keyboard.press('h');
    await until('Bob’s hand to go down', async () => /^Ann/.test(await people.nth(1).innerText()));
  });

  it('write to each other what the avatar never learns of, which stays when the page is loaded again', async () => {
    const [ann, bob] = [await enter('whisper', 'Ann'), await enter('whisper', 'Bob')];
    const say = async (text: string) => {
      await ann.page.getByRole('textbox', { name: 'Message' }).fill(text);
      await ann.page.getByRole('button', { name: 'Send' }).click();
    };
    await ann.page.getByRole('radio', { name: 'People only' }).check();
    await say('The rhododendron is a surprise: https://example.org/r.');
    const secret = bob.page.locator('[data-audience="people"]');
    await secret.getByText('people only').waitFor();
    await ann.page.getByRole('radio', { name: 'Everyone and Ollie' }).check();
    await say('How old are you?');
    await until('an answer', async () => (await bob.log()).at(-1)?.role === 'avatar');
    expect((await bob.log()).filter(({ role }) => role === 'avatar').map(({ text }) => text)).not.toContainEqual(
      expect.stringMatching(/rhododendron|surprise/i),
    );
    await bob.page.reload();
    // A picture that Bob sends is seen and can be saved.
    const png = createCanvas(64, 48).toBuffer('image/png');
    await bob.page.getByLabel('Files to attach').setInputFiles({ name: 'sea.png', mimeType: 'image/png', buffer: png });
    const saved = ann.page.getByRole('button', { name: /^sea\.png/ });
    await until('the picture', async () =>
      saved.locator('img').evaluateAll(([image]) => (image as HTMLImageElement | undefined)?.naturalWidth === 64),
    );
    const [download] = await Promise.all([ann.page.waitForEvent('download'), saved.click()]);
    expect(download.suggestedFilename()).toBe('sea.png');
    const link = secret.getByRole('link', { name: 'https://example.org/r' });
    await link.waitFor();
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer nofollow');
    await bob.page.getByRole('button', { name: 'Leave' }).click();
    // With the avatar alone there is nobody to whisper to.
    await until(
      'the choice to go',
      async () => (await ann.page.getByRole('radio', { name: 'People only' }).count()) === 0,
    );
  });

  it('have a host, who mutes, asks to unmute, lets in, locks and removes', async () => {
    const [ann, bob] = [await enter('hosts', 'Ann'), await enter('hosts', 'Bob')];
    await ann.page.getByRole('button', { name: 'People (2)' }).click();
    const people = ann.page.getByRole('dialog', { name: 'People' });
    await bob.page.getByRole('button', { name: 'Unmute microphone' }).click();
    await people.getByRole('button', { name: 'Mute Bob' }).click();
    await bob.page.getByText('has muted you').waitFor();
    await bob.page.getByRole('button', { name: 'Unmute microphone' }).waitFor();
    await people.getByRole('button', { name: 'Ask Bob to unmute' }).click();
    await bob.page.getByRole('button', { name: 'Unmute', exact: true }).click();
    await people.getByRole('button', { name: 'Mute Bob' }).waitFor();
    expect(await bob.page.getByRole('checkbox', { name: /Waiting room/ }).count()).toBe(0);

    await people.getByRole('checkbox', { name: /Waiting room/ }).check();
    const cy = await Caller.open(browser, `${system.url}/r/hosts?name=Cy&join=1`);
    await cy.page.getByRole('heading', { name: 'You will be let in soon' }).waitFor();
    await people.getByRole('button', { name: 'Let Cy in' }).click();
    await cy.page.locator('[data-state="connected"]').waitFor();
    await people.getByRole('listitem').filter({ hasText: 'Cy' }).getByRole('button', { name: 'Remove' }).click();
    await people.getByRole('button', { name: 'Remove Cy?' }).click();
    await cy.page.getByRole('heading', { name: 'You were removed from the call' }).waitFor();

    await people.getByRole('checkbox', { name: /Locked/ }).check();
    const dan = await Caller.open(browser, `${system.url}/r/hosts?name=Dan&join=1`);
    await dan.page.getByRole('heading', { name: 'This room is locked' }).waitFor();
    await people.getByRole('button', { name: 'End for everybody' }).click();
    await people.getByRole('button', { name: /for everybody\?$/ }).click();
    await bob.page.getByRole('heading', { name: 'The call was ended' }).waitFor();
    await until('the room to end', () => system.rooms.find('hosts') === undefined);
  });
});
