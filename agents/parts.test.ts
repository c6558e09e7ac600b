import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentSettings } from '../settings/agent.ts';
import { createParts } from './parts.ts';
import { PersonaError } from './think/persona-file.ts';

const ENDPOINT = { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' };
let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'parts-'));
  fs.writeFileSync(path.join(folder, 'mo.rive'), '+ *\n- Dig!\n');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** Makes everything with one persona of this voice; closes it again. */
async function withVoice(voice: string, speech: object): Promise<void> {
  fs.writeFileSync(
    path.join(folder, 'mo.yaml'),
    `name: Mo\ndescription: A mole.\navatar: ollie\nvoice: ${voice}\ngreeting: Hi.\nscript: mo.rive\ninstructions: Dig.\n`,
  );
  const settings = AgentSettings.parse({
    personas: folder,
    defaultPersona: 'mo',
    speech,
    cache: { enabled: false },
    recordings: { folder: path.join(folder, 'recordings') },
  });
  const environment = { serverUrl: 'none', hostSecret: 'none', logLevel: 'silent', standby: false };
  const parts = await createParts(settings, environment, pino({ level: 'silent' }), { env: ENDPOINT });
  await parts.close();
}

describe('a persona’s voice', () => {
  it('may be a compatible endpoint’s own', async () => {
    await withVoice('af_bella', { model: 'kokoro' });
    await withVoice('{ openai: af_bella, flite: rms }', { model: 'kokoro' });
  });

  it('is refused with file, line and key where nobody can have it', async () => {
    await expect(withVoice('af_bella', {})).rejects.toThrow(PersonaError);
    await expect(withVoice('af_bella', {})).rejects.toThrow(/mo\.yaml:4: voice: there is no af_bella; there are .*slt/);
    await expect(withVoice('{ openai: af_bella, flite: nova }', { model: 'kokoro' })).rejects.toThrow(
      /mo\.yaml:4: voice\.flite: flite has no nova/,
    );
  });
});
