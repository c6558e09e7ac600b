/** The model, in a process of its own: it takes all cores it may while it reads, and its process with it where it fails. */
import os from 'node:os';
import {
  type ChatHistoryItem,
  type ChatModelFunctions,
  getLlama,
  type Llama,
  LlamaChat,
  type LlamaGrammar,
  LlamaLogLevel,
  resolveChatWrapper,
  type Token,
} from 'node-llama-cpp';
import type { FromModel, Line, ModelOptions, Question, ToModel } from './messages.ts';
import { choose, type Slot, textOf } from './slots.ts';

/** Read in one go: what was called off is left after that. */
const PIECE_TOKENS = 32;
/** So many in a row are not the same by chance. */
const STRETCH_TOKENS = 40;

interface Place extends Slot {
  chat: LlamaChat;
}

/** They wait for one another at each layer: one that has to share its core holds up all. */
const MOST_THREADS = 8;
const FREE_CORES = 1;

const options = JSON.parse(process.argv[2]!) as ModelOptions;
const tell = (message: FromModel) => process.send?.(message);

/** A little behind voice and face, which must be in time. */
os.setPriority(5);
const threads = options.threads || Math.max(1, Math.min(MOST_THREADS, os.availableParallelism() - FREE_CORES));

async function load(): Promise<{ llama: Llama; places: Place[] }> {
  const llama = await getLlama({
    gpu: options.gpu ? 'auto' : false,
    build: 'never',
    skipDownload: true,
    logLevel: LlamaLogLevel.error,
    maxThreads: threads,
  });
  const model = await llama.loadModel({ modelPath: options.file, useMmap: true });
  const context = await model.createContext({
    sequences: options.conversations,
    contextSize: options.contextTokens,
    batchSize: PIECE_TOKENS,
    threads,
  });
  const thinks = JSON.stringify(model.fileInfo.metadata.tokenizer.chat_template ?? '').includes('<think>');
  const chatWrapper = resolveChatWrapper(model, {
    customWrapperSettings: thinks ? { qwen: { thoughts: 'discourage' } } : {},
  });
  const places = Array.from({ length: options.conversations }, () => ({
    chat: new LlamaChat({ contextSequence: context.getSequence(), chatWrapper }),
    read: '',
    busy: false,
    leaving: false,
    usedAt: 0,
  }));
  return { llama, places };
}

const historyOf = (lines: readonly Line[]): ChatHistoryItem[] =>
  lines.map(line =>
    line.type === 'model'
      ? {
          type: 'model',
          response: [
            ...(line.text === '' ? [] : [line.text]),
            ...(line.calls ?? []).map(({ name, params, result }) => ({
              type: 'functionCall' as const,
              name,
              params,
              result,
            })),
          ],
        }
      : line,
  );

const asking = new Map<number, AbortController>();
const waiting: { place: (place: Place) => void; text: string; signal: AbortSignal }[] = [];
const grammars = new Map<string, Promise<LlamaGrammar>>();
let uses = 0;

/** A free place for a conversation, in the order that they asked. */
function placeFor(places: readonly Place[], text: string, signal: AbortSignal): Promise<Place> {
  return new Promise((place, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    waiting.push({ place, text, signal });
    serve(places);
  });
}

function serve(places: readonly Place[]): void {
  while (waiting.length > 0) {
    const [next] = waiting;
    if (next!.signal.aborted) {
      waiting.shift();
      continue;
    }
    const chosen = choose(places, next!.text, uses);
    if (chosen === undefined) return;
    waiting.shift();
    Object.assign(chosen, { busy: true, leaving: false, usedAt: ++uses, read: next!.text });
    next!.signal.addEventListener('abort', () => Object.assign(chosen, { leaving: chosen.busy }), { once: true });
    next!.place(chosen);
  }
}

/** Neutral to disgusted, then anything. */
function grammarOf(llama: Llama, feelings: readonly string[]): Promise<LlamaGrammar> {
  const known = grammars.get(feelings.join());
  const names = feelings.map(feeling => `"${feeling}"`).join(' | ');
  const made = known ?? llama.createGrammar({ grammar: `root ::= "(" (${names}) ") " [^\\x00]+` });
  grammars.set(feelings.join(), made);
  return made;
}

async function ask(llama: Llama, places: readonly Place[], id: number, question: Question): Promise<void> {
  const abort = new AbortController();
  const { signal } = abort;
  asking.set(id, abort);
  const { lines, maxTokens, temperature, feelings, functions } = question;
  let place: Place | undefined;
  try {
    place = await placeFor(places, textOf(lines), signal);
    const { tokenMeter } = place.chat.sequence;
    const before = tokenMeter.getState();
    const constrained = functions === undefined && feelings !== undefined;
    const called = functions === undefined ? {} : { functions: functionsOf(functions), documentFunctionParams: true };
    const history = historyOf(lines.at(-1)?.type === 'model' ? lines : [...lines, { type: 'model', text: '' }]);
    await read(place.chat, history, called, signal);
    const { response, functionCalls } = await place.chat.generateResponse(history, {
      signal,
      maxTokens,
      temperature,
      topP: 0.9,
      repeatPenalty: { penalty: 1.1, lastTokens: 48 },
      budgets: { thoughtTokens: 0 },
      onTextChunk: text => {
        if (!signal.aborted && text !== '') tell({ type: 'text', id, text });
      },
      ...(constrained ? { grammar: await grammarOf(llama, feelings) } : called),
    });
    const { usedInputTokens: inputTokens, usedOutputTokens: outputTokens } = tokenMeter.diff(before);
    place.read = textOf([...lines, { type: 'model', text: response }]);
    const calls = (functionCalls ?? []).map(({ functionName, params }) => ({ name: functionName, params }));
    tell({ type: 'done', id, calls, inputTokens, outputTokens });
  } catch (error) {
    if (!signal.aborted) tell({ type: 'failed', id, reason: (error as Error).message });
  } finally {
    asking.delete(id);
    if (place !== undefined) Object.assign(place, { busy: false, leaving: false });
    serve(places);
  }
}

/** Reads a conversation piece by piece up to its last word, so that it can be called off on the way. */
async function read(
  { chatWrapper, sequence, model }: LlamaChat,
  chatHistory: ChatHistoryItem[],
  { functions, documentFunctionParams }: { functions?: ChatModelFunctions; documentFunctionParams?: boolean },
  signal: AbortSignal,
): Promise<void> {
  const options = {
    chatHistory,
    ...(functions !== undefined && { availableFunctions: functions }),
    ...(documentFunctionParams !== undefined && { documentFunctionParams }),
  };
  const tokens = chatWrapper.generateContextState(options).contextText.tokenize(model.tokenizer);
  // What does not fit is shortened when it is answered.
  if (tokens.length >= sequence.contextSize) return;
  const same = sequence.compareContextTokens(tokens).firstDifferentIndex;
  const from = rejoins(sequence.contextTokens, tokens, same);
  // Where lines were left out, those behind them are moved up, not read again.
  if (from !== undefined) await sequence.eraseContextTokenRanges([{ start: same, end: from }]);
  const known = sequence.compareContextTokens(tokens).firstDifferentIndex;
  if (known >= tokens.length - PIECE_TOKENS) return;
  await sequence.eraseContextTokenRanges([{ start: known, end: sequence.nextTokenIndex }]);
  for (let from = known; from < tokens.length - 1; from += PIECE_TOKENS) {
    signal.throwIfAborted();
    await sequence.evaluateWithoutGeneratingNewTokens(
      tokens.slice(from, Math.min(from + PIECE_TOKENS, tokens.length - 1)),
    );
  }
  signal.throwIfAborted();
}

/** Where in what was read goes on, behind some lines, what is wanted from `at` on: the longest stretch of it. */
function rejoins(read: readonly Token[], wanted: readonly Token[], at: number): number | undefined {
  let best: { from: number; length: number } | undefined;
  for (let from = at + 1; from + STRETCH_TOKENS <= read.length; from++) {
    let length = 0;
    while (from + length < read.length && read[from + length] === wanted[at + length]) length += 1;
    if (length >= STRETCH_TOKENS && length > (best?.length ?? 0)) best = { from, length };
  }
  return best?.from;
}

const functionsOf = (functions: NonNullable<Question['functions']>): ChatModelFunctions =>
  Object.fromEntries(
    functions.map(({ name, description, parameters }) => [
      name,
      { description, params: parameters as NonNullable<ChatModelFunctions[string]['params']> },
    ]),
  );

/** Reads what a conversation will begin with, where a place is empty and no other has read it. */
async function warm(places: readonly Place[], lines: readonly Line[]): Promise<void> {
  const text = textOf(lines);
  const place = places.find(({ busy, read }) => !busy && read === '');
  if (place === undefined || places.some(({ read }) => read.startsWith(text))) return;
  Object.assign(place, { busy: true, read: text });
  try {
    await place.chat.loadChatAndCompleteUserMessage(historyOf(lines), { maxTokens: 1 });
  } catch {
    // It is read when somebody speaks, then.
  } finally {
    place.busy = false;
    serve(places);
  }
}

const beganMs = performance.now();
try {
  const { llama, places } = await load();
  process.on('message', (message: ToModel) => {
    if (message.type === 'ask') void ask(llama, places, message.id, message.question);
    else if (message.type === 'warm') void warm(places, message.lines);
    else asking.get(message.id)?.abort();
  });
  tell({ type: 'ready', loadMs: performance.now() - beganMs });
} catch (error) {
  tell({ type: 'unusable', reason: (error as Error).message });
}
process.on('disconnect', () => process.exit());
