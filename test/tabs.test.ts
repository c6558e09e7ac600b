import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Caller, CHROMIUM, launchChromium } from './harness/browser.ts';
import { type System, startSystem, until } from './harness/system.ts';

describe.skipIf(CHROMIUM === undefined)('two tabs of one browser (skipped where there is no Chromium)', () => {
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
  afterEach(() => Promise.all(browser.contexts().map(context => context.close())));
  const identities = () => [...(system.rooms.find('tabs')?.seats.keys() ?? [])];
  /** Ann is in the call; her second tab wants to enter, too. */
  const twice = async (search: string) => {
    const ann = await Caller.open(browser, `${system.url}/r/tabs?name=Ann`);
    await ann.join();
    const second = await ann.context.newPage();
    await second.goto(`${system.url}/r/tabs${search}`);
    if (!search.includes('join=1')) await second.getByRole('button', { name: 'Join', exact: true }).click();
    await second.getByRole('heading', { name: 'You are already in this call in another tab' }).waitFor();
    return { first: ann.page, second, identity: identities()[0]! };
  };

  it('the second asks first, and the call goes on there as the same person', async () => {
    const { first, second, identity } = await twice('?name=Ann');
    await second.getByRole('button', { name: 'Go on here' }).click();
    await second.locator('[data-state="connected"]').waitFor();
    await first.getByRole('heading', { name: 'You joined from another place' }).waitFor();
    expect(identities()).toEqual([identity]);
    await second.reload();
    await second.locator('[data-state="connected"]').waitFor();
    expect(identities()).toEqual([identity]);
    // The tab that the call has left may bring it back.
    await first.getByRole('button', { name: 'Join again' }).click();
    await first.locator('[data-state="connected"]').waitFor();
    await second.getByRole('heading', { name: 'You joined from another place' }).waitFor();
  });

  it('or enters as another person, also where a link joins at once', async () => {
    const { first, second } = await twice('?name=Bob&join=1');
    await second.getByRole('button', { name: 'Join as another person' }).click();
    await second.locator('[data-state="connected"]').waitFor();
    await until('both to be there', () => identities().length === 2);
    expect(await first.locator('[data-state="connected"]').count()).toBe(1);
    await first.getByRole('button', { name: 'Leave' }).click();
    await first.getByRole('button', { name: 'Join again' }).waitFor();
  });
});
