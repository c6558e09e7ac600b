/** The portrait worker: a process of its own, because it decodes what strangers send. Its parent watches it. */
import path from 'node:path';
import { Flite } from '../../agents/providers/flite/flite.ts';
import { loadSettings } from '../../settings/load.ts';
import { EX_CONFIG, OperatorError } from '../../telemetry/operator-error.ts';
import { makeGenerators } from './generator.ts';
import { Imaginer } from './imagine.ts';
import { rigPortrait } from './rig-portrait.ts';
import { answer } from './serve.ts';
import { Studio } from './studio.ts';

const VOICE = 'slt';

try {
  const { avatars, images } = loadSettings(process.env, 'agent').agent;
  const service = {
    studio: new Studio({ tts: new Flite(), voice: VOICE, rig: rigPortrait }),
    imaginer: new Imaginer(await makeGenerators(images, process.env), {
      cache: path.resolve(process.env.VISAVIS_IMAGE_CACHE ?? 'data/images'),
    }),
    avatars,
  };
  process.on('message', async message => process.send?.(await answer(message, service)));
  // Whoever started it is gone.
  process.on('disconnect', () => process.exit(0));
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`The portrait worker cannot start: ${error.message}\n`);
  process.exit(EX_CONFIG);
}
