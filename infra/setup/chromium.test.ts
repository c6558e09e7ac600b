import { afterEach, describe, expect, it, vi } from 'vitest';
import { findChromium } from './chromium.mjs';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('finding a browser for the tests', () => {
  it('takes the one that the environment names', () => {
    vi.stubEnv('CHROMIUM', process.execPath);
    expect(findChromium()).toBe(process.execPath);
  });

  it('takes no other when that one is not there', () => {
    vi.stubEnv('CHROMIUM', '/nowhere/chromium');
    expect(findChromium()).toBeUndefined();
  });
});
