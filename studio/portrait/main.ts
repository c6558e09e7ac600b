/** The portrait worker: a process of its own, because it decodes what strangers send. Its parent watches it. */
import path from 'node:path';
import { AgentConfigError, loadAgentConfig, readImageEnvironment } from '../../agents/config.ts';
import { Flite } from '../../agents/providers/flite/flite.ts';
import { createImageGenerator } from '../images/create.ts';
import { Imaginer } from './imagine.ts';
import { rigPortrait } from './rig-portrait.ts';
import { answer } from './serve.ts';
import { Studio } from './studio.ts';

/** sysexits: the configuration is wrong. */
const EX_CONFIG = 78;
const VOICE = 'slt';

try {
  const { avatars, images } = loadAgentConfig(process.env);
  const service = {
    studio: new Studio({ tts: new Flite(), voice: VOICE, rig: rigPortrait }),
    imaginer: new Imaginer(createImageGenerator(images, readImageEnvironment(process.env)), {
      ...images,
      cache: path.resolve(process.env.VISAVIS_IMAGE_CACHE ?? 'data/images'),
    }),
    avatars,
  };
  process.on('message', async message => process.send?.(await answer(message, service)));
  // Whoever started it is gone.
  process.on('disconnect', () => process.exit(0));
} catch (error) {
  if (!(error instanceof AgentConfigError)) throw error;
  process.stderr.write(`The portrait worker cannot start: ${error.message}\n`);
  process.exit(EX_CONFIG);
}
