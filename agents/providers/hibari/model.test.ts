import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { phoneAgreement } from './agreement.ts';
import { Model } from './model.ts';

const MODELS = fileURLToPath(new URL('../../../models/hibari', import.meta.url));
const there = fs.existsSync(`${MODELS}/decoder-0.2.1.onnx`);

describe.skipIf(!there)(
  `the phones of a sentence${there ? '' : ' (skipped: hibari’s model is not in models/)'}`,
  () => {
    let model: Model;
    beforeAll(async () => {
      model = await Model.load(MODELS);
    });
    const phones = (text: string) => model.phones(text.split(' '));

    it('are those that the package reads, in more than 2000 sentences', async () => {
      const { sentences, percent, others } = await phoneAgreement(model);
      expect(sentences).toBeGreaterThan(2000);
      expect(percent, JSON.stringify(others.slice(0, 5), undefined, 1)).toBeGreaterThan(99.9);
    });

    it('depend on the word’s class, and on what follows', async () => {
      expect(await phones('We read it, then they record the record.')).toContain('ɹəkˈɔɹd ðə ɹˈɛkəɹd');
      expect(await phones('the end')).toMatch(/^ði /);
      expect(await phones('the beginning')).toMatch(/^ðə /);
    });

    it.each([
      '7',
      '0',
      '007',
      '99999999999999999999999',
      '3.14',
      '-5',
      '1,000,000',
      'B52',
      '4½',
      '1e999',
    ])('are some for %s: no digit is silent', async text => {
      expect((await phones(text)).replace(/[\s.,]/g, '').length).toBeGreaterThan(1);
    });
  },
);
