/** Makes the tables of figures in README.md and docs/measured.md from bench/results/*.json. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(import.meta.dirname, '..');
const START = '<!-- figures: made by bench/table.ts -->';
const END = '<!-- end of figures -->';

type Values = Record<string, unknown>;

/** One row: what it says, where its figure is, and what bounds it. */
interface Row {
  bench: string;
  label: string;
  value(result: Values): string | undefined;
  /** What keeps it from being better. */
  limit: string;
  /** Only in docs/measured.md. */
  minor?: boolean;
}

interface File {
  date: string;
  version: string;
  machine: { cpu: string; cores: number; memoryGb: number; node: string };
  result: Values;
}

/** The figure at a path such as `video.0.ok`, rounded to `digits`; undefined where there is none. */
function at(result: Values, where: string, digits = 1): string | undefined {
  let found: unknown = result;
  for (const key of where.split('.')) found = (found as Values | null | undefined)?.[key];
  if (typeof found !== 'number' || !Number.isFinite(found)) return undefined;
  return String(Math.round(found * 10 ** digits) / 10 ** digits);
}

/** Figures of several places, joined; nothing unless all are there. */
const figures =
  (unit: string, digits: number, ...places: string[]) =>
  (result: Values): string | undefined => {
    const found = places.map(where => at(result, where, digits));
    return found.includes(undefined) ? undefined : `${found.join(' / ')}${unit}`;
  };

const ROWS: Row[] = [
  {
    bench: 'call',
    label:
      'voice to voice in a browser beside the server: end of your last sound → first sound of the answer, median / p95',
    value: figures(' ms', 0, 'voiceToVoiceMs.p50', 'voiceToVoiceMs.p95'),
    limit:
      'a quarter of a second of silence that the end of a turn is worth, then recognition, which shares the cores with the browser',
  },
  {
    bench: 'mind',
    label:
      'voice to voice at a WebRTC peer (no browser on the machine, no jitter buffer): answer out of the cache / by a model that takes 350 ms to its first word, median',
    value: figures(' ms', 0, 'cachedVoiceToVoiceMsP50', 'uncachedVoiceToVoiceMsP50'),
    limit: 'the silence that ends a turn; recognition of the last words',
  },
  {
    bench: 'mind',
    label: 'the same in a browser beside the server',
    value: figures(' ms', 0, 'cachedInBrowserMsP50', 'uncachedInBrowserMsP50'),
    limit: 'the browser’s jitter buffers, and its share of the cores',
    minor: true,
  },
  {
    bench: 'call',
    label: 'barge-in: start of your voice → silence, median / p95',
    value: figures(' ms', 0, 'bargeInMs.p50', 'bargeInMs.p95'),
    limit: 'two windows of the voice detector, the fade, and the jitter buffers both ways',
  },
  {
    bench: 'call',
    label: 'click on Join → first picture of the avatar, median / p95',
    value: figures(' ms', 0, 'joinToFirstFrameMs.p50', 'joinToFirstFrameMs.p95'),
    limit: 'ICE and DTLS; the browser’s decoder',
  },
  {
    bench: 'call',
    label: 'mouth against voice at the browser, absolute, median / p95',
    value: figures(' ms', 0, 'avOffsetMs.p50', 'avOffsetMs.p95'),
    limit: 'one picture is 40 ms',
  },
  {
    bench: 'call',
    label: 'pictures a second while the avatar speaks',
    value: figures('', 1, 'framesPerSecond.p50'),
    limit: 'set',
    minor: true,
  },
  {
    bench: 'call',
    label: 'CPU of the agent host, speaking / idle',
    value: figures(' % of a core', 0, 'agentCpuPercent.speaking.p50', 'agentCpuPercent.idle.p50'),
    limit: 'encoding the face',
    minor: true,
  },
  {
    bench: 'call',
    label: 'memory of an agent host with its warm threads (PSS)',
    value: figures(' MB', 0, 'agentRssMb.p50'),
    limit: 'models of recognizer, voice and faces',
    minor: true,
  },
  {
    bench: 'call',
    label: 'word error rate on five recorded commands',
    value: figures(' %', 1, 'werPercent'),
    limit: 'the recognizer is a small one',
    minor: true,
  },
  {
    bench: 'lipsync',
    label: 'mouth in the decoded pictures against the voice as heard, p95 / drift over ten minutes',
    value: figures(' ms', 1, 'offsetMsP95', 'driftMs'),
    limit: 'one clock: nothing to gain',
  },
  {
    bench: 'lipsync',
    label: 'aperture against the phones spoken, correlation: a voice with phones / one that is aligned',
    value: figures('', 2, 'correlation', 'alignedCorrelation'),
    limit: 'lips move ahead of their phones on purpose',
    minor: true,
  },
  {
    bench: 'lipsync',
    label: 'lips closed on p, b, m',
    value: figures(' %', 0, 'closedLipsPercent'),
    limit: '',
    minor: true,
  },
  {
    bench: 'lipsync',
    label: 'mouth from sound alone, six kinds of mouth, a voice it never heard',
    value: figures(' % of frames', 0, 'audioDrivenAccuracyPercent'),
    limit: '80 ms of look-ahead, and a model of a few thousand numbers',
    minor: true,
  },
  {
    bench: 'face',
    label: 'CPU to draw and encode a speaking face, 512² / 720p',
    value: figures(' ms a picture', 1, 'cpuMsPerFrame512', 'cpuMsPerFrame720'),
    limit: 'half of it is the VP8 encoder',
    minor: true,
  },
  {
    bench: 'face',
    label: 'speaking faces that one core draws and encodes at 25 pictures a second',
    value: figures('', 0, 'facesPerCore'),
    limit: 'the encoder',
  },
  {
    bench: 'face',
    label: 'memory of one more face',
    value: figures(' MB', 0, 'rssMbPerAvatar'),
    limit: 'its encoder, and what its drawing keeps',
    minor: true,
  },
  {
    bench: 'face',
    label: 'photograph → talking preview, warm',
    value: figures(' ms', 0, 'portraitReadyMs'),
    limit: '',
    minor: true,
  },
  {
    bench: 'page',
    label: 'the page in a browser: first paint / on a line of 1.6 Mbit/s and 150 ms, median',
    value: figures(' ms', 0, 'firstPaintMs', 'firstPaintSlowMs'),
    limit: 'three round trips and 90 kB of script before the lobby',
    minor: true,
  },
  {
    bench: 'page',
    label: 'scripts up to the call, as they come over the wire',
    value: figures(' kB', 0, 'scriptKb'),
    limit: 'React, mediasoup-client and socket.io are most of it',
    minor: true,
  },
  {
    bench: 'page',
    label: 'click on Join → first picture of the avatar, one browser beside the server, median / p95',
    value: figures(' ms', 0, 'joinToFirstFrameMs.p50', 'joinToFirstFrameMs.p95'),
    limit: 'ICE, DTLS and the first key frame, on two cores that browser and server share',
    minor: true,
  },
  {
    bench: 'page',
    label: 'network swallows everything → the page says so, median',
    value: figures(' ms', 0, 'offlineNoticedMs'),
    limit: 'half a second without a packet, and a question to the server that nobody answers',
    minor: true,
  },
  {
    bench: 'page',
    label: 'findings of axe-core on all pages and states',
    value: figures('', 0, 'axeFindings'),
    limit: 'an automatic check finds only what can be found automatically',
    minor: true,
  },
  {
    bench: 'talk',
    label: 'talks with the embedded dialogue whose every answer holds what it must, and nothing else',
    value: figures(' %', 0, 'casesHeldPercent'),
    limit: 'it has no language model: what it does not know by kind it says back, or says that it does not know',
    minor: true,
  },
  {
    bench: 'talk',
    label: 'its answers that end in a question, over conversations of twenty turns / questions asked twice',
    value: figures('', 0, 'questionsPercent', 'repeatedQuestions'),
    limit: 'a share that its rules keep',
    minor: true,
  },
  {
    bench: 'mind',
    label: 'CPU to decode one camera and read its face',
    value: figures(' % of a core', 0, 'faceSensingCpuPercent'),
    limit: 'one network a second, in WebAssembly',
    minor: true,
  },
  {
    bench: 'mind',
    label: 'what memory and feelings add to voice to voice',
    value: figures(' ms', 0, 'addedLatencyMs'),
    limit: 'the difference of two medians, within the noise of a shared machine',
    minor: true,
  },
  {
    bench: 'mind',
    label: 'messages stored a second, embedded database / PostgreSQL',
    value: figures('', 0, 'messagesPerSecondPglite', 'messagesPerSecondPostgres'),
    limit: '',
    minor: true,
  },
  {
    bench: 'mind',
    label: 'messages lost that were older than a second, in 20 kills of the server',
    value: figures('', 0, 'lostAfterKills'),
    limit: '',
    minor: true,
  },
  {
    bench: 'turns',
    label: 'people cut off, times a minute of talk / wait at a finished sentence, median / p95',
    value: figures('', 1, 'cutOffsPerMinute', 'waitMsP50', 'waitMsP95'),
    limit: 'what can be known of a pause; there is little talk to learn it from',
    minor: true,
  },
  {
    bench: 'turns',
    label: 'words lost on the way into captions / turns made by its own voice, noise, music, keys and coughs',
    value: ({ lostWordsPercent, ...turns }) => {
      const none = ['ownVoiceTurns', 'noiseTurns', 'musicTurns', 'keyboardTurns', 'coughTurns'].map(key => turns[key]);
      return typeof lostWordsPercent === 'number' && none.every(each => typeof each === 'number')
        ? `${lostWordsPercent} % / ${none.reduce((sum: number, each) => sum + Number(each), 0)}`
        : undefined;
    },
    limit: '',
    minor: true,
  },
  {
    bench: 'voice',
    label: 'the embedded voice: a sentence of twelve words → its first sound, median / p95',
    value: figures(' ms', 0, 'firstSoundMs.p50', 'firstSoundMs.p95'),
    limit: 'the network that plans a sentence, and that of its first half second',
  },
  {
    bench: 'voice',
    label: 'processor time for a second of it',
    value: figures(' s', 3, 'realTimeFactor'),
    limit: 'half networks, half Fourier transforms',
    minor: true,
  },
  {
    bench: 'voice',
    label: 'words of it misread by the embedded recognizer / by another, all its voices',
    value: figures(' %', 1, 'werPercent', 'werPercentOther'),
    limit: 'the other recognizer is an old one, and knows no small bodies',
    minor: true,
  },
  {
    bench: 'voice',
    label: 'words read with the same phones as by its own package',
    value: figures(' %', 2, 'phonesAgreePercent'),
    limit: '',
    minor: true,
  },
  {
    bench: 'density',
    label: 'conversations with 512² video at 25 pictures a second / with voice only, load included',
    value: figures('', 0, 'conversationsVideo', 'conversationsAudio'),
    limit: 'the cores: faces first, then recognition',
  },
  {
    bench: 'rooms',
    label: 'people who watch one avatar, load included',
    value: figures('', 0, 'viewersPerAvatar'),
    limit: 'one room lives on one router, which is one core',
  },
  {
    bench: 'soak',
    label: 'growth of memory after the first five minutes of thirty',
    value: figures(' %', 1, 'soakMemoryGrowthPercent'),
    limit: 'what is said is kept in the log of its room',
  },
  {
    bench: 'soak',
    label: 'drift of picture against voice over that time',
    value: figures(' ms', 1, 'driftMs'),
    limit: 'one clock',
    minor: true,
  },
  {
    bench: 'loss',
    label: 'words understood at 5 % packet loss both ways, relative to none',
    value: figures(' %', 0, 'wordsAtLoss5Percent'),
    limit: 'forward error correction repairs single packets',
  },
  {
    bench: 'loss',
    label: 'five seconds without network: a question begun this long after is heard',
    value: figures(' ms', 0, 'outageRecoveryMs'),
    limit: '',
    minor: true,
  },
  {
    bench: 'chaos',
    label: 'any process of the product killed in mid-sentence: a question begun this long after is heard and answered',
    value: figures(' ms', 0, 'recoveryMsMax'),
    limit: 'a new agent host loads its models',
  },
  {
    bench: 'fuzz',
    label: 'fuzzed messages, packets and uploads without a crash, a leak or a request unanswered',
    value: figures('', 0, 'fuzzMessages'),
    limit: 'the time it was given',
  },
  {
    bench: 'siege',
    label:
      'under siege: calls disturbed for longer than a second / words read or erased by somebody without the right to',
    value: ({ callsDisturbed, wordsReadByStrangers: read, wordsErasedByStrangers: erased }) =>
      [callsDisturbed, read, erased].every(each => typeof each === 'number')
        ? `${callsDisturbed} / ${Number(read) + Number(erased)}`
        : undefined,
    limit: 'what was thought of',
  },
  {
    bench: 'siege',
    label: 'an agent host that hangs: its rooms have an avatar again after',
    value: figures(' ms', 0, 'hungHostReplacedMs'),
    limit: 'how long a host may be silent before it is taken for hung',
  },
  {
    bench: 'siege',
    label: 'slowest regular expression on 10 000 hostile characters',
    value: figures(' ms', 1, 'slowestPatternMs'),
    limit: 'the scripts of personas',
    minor: true,
  },
];

/** Reads what there is of results. */
export function readResults(folder = path.join(ROOT, 'bench/results')): Map<string, File> {
  const benches = new Set(ROWS.map(({ bench }) => bench));
  return new Map(
    [...benches].flatMap(bench => {
      const file = path.join(folder, `${bench}.json`);
      return fs.existsSync(file) ? [[bench, JSON.parse(fs.readFileSync(file, 'utf8')) as File]] : [];
    }),
  );
}

/** The short table for the README. */
export function shortTable(results: ReadonlyMap<string, File>): string {
  const rows = filled(results).filter(({ row }) => row.minor !== true);
  return ['| what | measured |', '|---|---|', ...rows.map(({ row, value }) => `| ${row.label} | ${value} |`)].join(
    '\n',
  );
}

const RULES: readonly [label: string, path: string][] = [
  ['Visavis', ''],
  ['voice activity, 500 ms of silence', 'vad500.'],
  ['Smart Turn v3.2 as its authors use it', 'smartTurn.'],
];

/** Taking turns, beside the two rules that others go by, on the same sound. Empty, where it was not measured. */
export function turnsTable(results: ReadonlyMap<string, File>): string {
  const { result } = results.get('turns') ?? {};
  if (result === undefined) return '';
  const rows = RULES.map(([label, where]) => {
    const figure = (key: string, digits: number) => at(result, where + key, digits) ?? '';
    return `| ${label} | ${figure('cutOffsPerMinute', 1)} | ${figure('cutOffPercentAt300Ms', 0)} % | ${figure('waitMsP50', 0)} / ${figure('waitMsP95', 0)} ms |`;
  });
  return [
    '| who judges that somebody is done | cut off, times a minute | pauses cut off at a median wait of 300 ms | wait at a finished sentence, median / p95 |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** Everything, with when and on what it was measured, and what limits it. */
export function longTable(results: ReadonlyMap<string, File>): string {
  const head = ['| what | measured | what limits it | bench |', '|---|---|---|---|'];
  const rows = filled(results).map(({ row, value }) => `| ${row.label} | ${value} | ${row.limit} | \`${row.bench}\` |`);
  const runs = [...results].map(
    ([bench, { date, version, machine }]) =>
      `| \`${bench}\` | ${date.slice(0, 10)} | ${version} | ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB | ${machine.node} |`,
  );
  return [...head, ...rows, '', '| bench | run on | version | machine | Node |', '|---|---|---|---|---|', ...runs].join(
    '\n',
  );
}

function filled(results: ReadonlyMap<string, File>): { row: Row; value: string }[] {
  return ROWS.flatMap(row => {
    const file = results.get(row.bench);
    const value = file && row.value(file.result);
    return value === undefined ? [] : [{ row, value }];
  });
}

/** Puts a table between the two marks of a text. Throws when they are not there. */
export function between(text: string, table: string): string {
  const [from, to] = [text.indexOf(START), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`the text has no "${START}" with "${END}" behind it`);
  return `${text.slice(0, from + START.length)}\n${table}\n${text.slice(to)}`;
}

/** The pages that show figures, as they should read. */
export function pages(results: ReadonlyMap<string, File>): { file: string; text: string }[] {
  return [
    { name: 'README.md', table: [shortTable(results), turnsTable(results)].filter(Boolean).join('\n\n') },
    { name: 'docs/measured.md', table: longTable(results) },
  ].map(({ name, table }) => {
    const file = path.join(ROOT, name);
    return { file, text: between(fs.readFileSync(file, 'utf8'), table) };
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const { file, text } of pages(readResults())) fs.writeFileSync(file, text);
