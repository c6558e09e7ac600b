/** `npm run models -- list | get NAME | remove NAME` */
import { loadSettings } from '../../settings/load.ts';
import { EX_CONFIG, OperatorError } from '../../telemetry/operator-error.ts';
import { PACKS } from './packs.ts';
import { Shelf } from './shelf.ts';

const USAGE = 'npm run models -- list | get NAME | remove NAME';

try {
  const [what, name] = process.argv.slice(2);
  const { models } = loadSettings(process.env, 'agent').agent;
  const shelf = new Shelf(models, { packs: PACKS, say: line => process.stdout.write(`${line}\n`) });
  if (what === 'list') shelf.list();
  else if (what === 'get' && name !== undefined) await shelf.get(name);
  else if (what === 'remove' && name !== undefined) shelf.remove(name);
  else throw new OperatorError(USAGE);
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(EX_CONFIG);
}
