/**
 * The portrait worker's process. It decodes what strangers send, so it is given little: it reads the code, the rigs and
 * three folders of data (and what the image generator's settings name), writes into those three, starts no process, and its environment holds no secret but, where
 * pictures are made from words, the image generator's own, because it is the worker that asks it.
 *
 * The lists of folders hold what goes wrong in our code and the libraries'. Code that a stranger brings to run is not
 * held by them: native add-ons (the decoder is one) and threads started with options of their own are outside.
 */
import { type ChildProcess, fork } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { loadSettings } from '../../settings/load.ts';
import { asWritten, filesOf } from '../../settings/stages.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const ENTRY = path.join(ROOT, 'studio/portrait/main.ts');
/** Not the project's root: keys may lie there. */
const CODE = ['studio', 'agents', 'settings', 'telemetry', 'protocol', 'node_modules', 'package.json'].map(name =>
  path.join(ROOT, name),
);
/** Under `dataDir`. */
const DATA = { portraits: 'portraits', showcase: 'showcase', images: 'images' };
/** Its settings, without those of others. */
const SETTINGS = 'portrait-worker.json';

const ENVIRONMENT = /^(PATH|HOME|LANG|LC_.*|TZ|TMPDIR|TEMP|SYSTEMROOT|LD_LIBRARY_PATH)$/i;
/** By name: NODE_AUTH_TOKEN is a secret. */
const NODE =
  /^NODE_(ENV|OPTIONS|DEBUG|NO_WARNINGS|EXTRA_CA_CERTS|USE_SYSTEM_CA|USE_ENV_PROXY|TLS_REJECT_UNAUTHORIZED)$/;
const NETWORK = /^((HTTPS?|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR))$/i;
interface Confined {
  execArgv: string[];
  env: NodeJS.ProcessEnv;
  /** For its settings file. */
  settings: object;
}

/** What it may do and know, by the server's environment. */
export function confined(dataDir: string, from: NodeJS.ProcessEnv): Confined {
  // The file holds the server's secrets too: the worker gets what is its own.
  const { avatars, images } = loadSettings(from, 'agent').agent;
  const rigs = path.resolve(avatars);
  const settings = path.resolve(dataDir, SETTINGS);
  const data = Object.values(DATA).map(name => path.resolve(dataDir, name));
  const imagines = images.length > 0;
  const wanted = images.flatMap(entry => filesOf('images', entry)).map(file => path.resolve(file));
  const keys = images.flatMap(({ variables }) => variables);
  const known = Object.entries(from).filter(
    ([name]) => ENVIRONMENT.test(name) || NODE.test(name) || keys.includes(name) || (imagines && NETWORK.test(name)),
  );
  return {
    execArgv: [
      '--permission',
      '--allow-addons',
      '--allow-worker',
      '--disable-warning=SecurityWarning',
      ...[...CODE, rigs, settings, ...wanted, ...data].flatMap(place => allow('read', place)),
      ...data.flatMap(place => allow('write', place)),
    ],
    env: {
      MALLOC_ARENA_MAX: '2',
      ...Object.fromEntries(known),
      VISAVIS_CONFIG: settings,
      VISAVIS_IMAGE_CACHE: path.resolve(dataDir, DATA.images),
    },
    settings: { agent: { avatars: rigs, images: images.map(asWritten) } },
  };
}

export function startProcess(dataDir: string): ChildProcess {
  const { execArgv, env, settings } = confined(dataDir, process.env);
  for (const name of Object.values(DATA)) fs.mkdirSync(path.join(dataDir, name), { recursive: true, mode: 0o700 });
  fs.writeFileSync(path.join(dataDir, SETTINGS), JSON.stringify(settings), { mode: 0o600 });
  return fork(ENTRY, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv,
    env,
  });
}

/** A folder, or a file, and all that is in it. */
const allow = (right: 'read' | 'write', place: string) => [
  `--allow-fs-${right}=${place}`,
  `--allow-fs-${right}=${path.join(place, '*')}`,
];
