/** `npm run models -- list | get NAME | remove NAME | piper NAME MODEL.onnx | ears NAME FOLDER` */
import { loadSettings } from '../../settings/load.ts';
import { EX_CONFIG, OperatorError } from '../../telemetry/operator-error.ts';
import { addEars, listEars } from './ears.ts';
import { PACKS } from './packs.ts';
import { addPiper } from './piper.ts';
import { Shelf } from './shelf.ts';
import { WEIGHTS } from './weights.ts';

const USAGE = 'npm run models -- list | get NAME | remove NAME | piper NAME MODEL.onnx | ears NAME FOLDER';

try {
  const [what, name, file] = process.argv.slice(2);
  const { models } = loadSettings(process.env, 'agent').agent;
  const stopped = new AbortController();
  process.once('SIGINT', () => stopped.abort(new OperatorError('stopped; say it again to go on from there')));
  const shelf = new Shelf(models, {
    packs: PACKS,
    weights: WEIGHTS,
    mirror: process.env.VISAVIS_MODELS_MIRROR,
    say: line => process.stdout.write(`${line}\n`),
  });
  if (what === 'list') {
    shelf.list();
    for (const line of listEars(models)) process.stdout.write(`${line}\n`);
  } else if (what === 'get' && name !== undefined) await shelf.get(name, stopped.signal);
  else if (what === 'remove' && name !== undefined) shelf.remove(name);
  else if (what === 'piper' && name !== undefined && file !== undefined)
    process.stdout.write(
      `The voice is ready. To have it speak, write into the settings:\n${addPiper(name, file, models)}`,
    );
  else if (what === 'ears' && name !== undefined && file !== undefined)
    process.stdout.write(
      `The recognizer is ready. To have it hear, write into the settings:\n${addEars(name, file, models)}`,
    );
  else throw new OperatorError(USAGE);
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(EX_CONFIG);
}
