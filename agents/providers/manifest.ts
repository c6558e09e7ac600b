/**
 * What a vendor's folder says of itself. `index.ts` of each folder is a {@link Vendor}; the registry finds them. A
 * manifest is read by the server and the portrait worker, too, to check the settings: it imports nothing but this file
 * and zod, and loads what it makes when it makes it.
 */
import type { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import type { Usage } from '../base/meter.ts';
import type { VoiceCloning } from '../cloning/port.ts';
import type { VoiceSense } from '../feel/ports.ts';
import type { ImageGenerator } from '../images/port.ts';
import type { Embedder } from '../knowledge/ports.ts';
import type {
  EndOfTurn,
  RecognitionCapabilities,
  Recognizer,
  SpeechToText,
  VoiceActivityProvider,
} from '../listen/ports.ts';
import type { Duplex, ResponderCapabilities } from '../respond/port.ts';
import type { FaceCapabilities, FaceSense } from '../sight/port.ts';
import type { Aligner } from '../speak/align/ports.ts';
import type { SpeechCapabilities, TextToSpeech } from '../speak/ports.ts';
import type { NoteTaker } from '../think/memory.ts';
import type { Dialogue, DialogueCapabilities } from '../think/ports.ts';
import type { Toolbox } from '../think/toolbox.ts';

/** The vendor's variables of the environment that are set, by name. */
export type Variables = Readonly<Record<string, string>>;

/** What a provider is given by the process that it works in. */
export interface ProviderHost {
  /** Of the conversations: another where one is held in virtual time. */
  clock: Clock;
  variables: Variables;
  /** Folder of the models that the set-up puts in place. */
  models: string;
  /** Told what questions took. */
  used(usage: Usage): void;
  /** Something that works for it (a thread, a process) failed, and another takes over. */
  lost(worker: string, reason?: string): void;
  /** Its models took so long to load. */
  loaded(loadMs: number): void;
  /** Tells how much waits for one of its workers. */
  queue(worker: string, waiting: () => number): void;
  /** Tells which processes it has. */
  child(worker: string, pids: () => number[]): void;
  /** What personas may have a language model call; absent: nothing is called. */
  toolbox?: Toolbox;
  /** What several makers of a vendor use together: made for the first that asks, closed by whoever made it. */
  shared<T>(name: string, make: () => T): T;
}

/**
 * How one thing is made. Methods get the settings as `settings` has read them.
 * @template Made closed by its `close`, where it has one; told by its `rouse`, where it has one, when a conversation begins
 * @template Host what it is given beside its settings
 */
export interface Maker<Made, Capabilities, Settings extends object = object, Host = ProviderHost> {
  readonly settings: z.ZodType<Settings>;
  capabilities(settings: Settings): Capabilities;
  /**
   * What has to be set before it can be made, in a sentence: `set OPENAI_API_KEY`. Undefined: nothing.
   * @param models folder of the models that the set-up puts in place
   */
  missing?(settings: Settings, variables: Variables, models: string): string | undefined;
  /** The model, as metrics and prices name it; by default the vendor's name. */
  model?(settings: Settings): string;
  /** Files of the settings that it reads when it is made: a process that is confined may read them. */
  files?(settings: Settings): readonly string[];
  /** Everything that shapes its answers besides the question, for what is kept in a cache; by default its settings. */
  identity?(settings: Settings, variables: Variables): string;
  make(settings: Settings, host: Host): Promise<Made>;
}

/** What an image generator can do. */
export interface ImageCapabilities {
  /** The same seed and words give the same picture. */
  seeds: boolean;
}

/** How a generator is asked for a picture, whatever the vendor. */
export interface ImageAsking {
  steps: number;
  seed: number;
  /** Width and height, pixels. */
  size: number;
  timeoutMs: number;
}

/** By kind, what vendors may make. */
export interface Makers {
  activity: Maker<VoiceActivityProvider, object>;
  /** A stream, or whole utterances of which a stream is made. */
  recognition: Maker<Recognizer | SpeechToText, RecognitionCapabilities>;
  /** Hears whether somebody is done. */
  endOfTurn: Maker<EndOfTurn, object>;
  dialogue: Maker<Dialogue, DialogueCapabilities>;
  /** Of the same entry of the settings as the dialogue. */
  notes: Maker<NoteTaker, object>;
  speech: Maker<TextToSpeech, SpeechCapabilities>;
  /** Makes voices of people's own, with which its speech speaks. */
  voiceCloning: Maker<VoiceCloning, object>;
  /** Hears and speaks itself. */
  duplex: Maker<Duplex, ResponderCapabilities>;
  /** Hears how somebody feels. */
  feelings: Maker<VoiceSense, object>;
  /** Sees how somebody feels. */
  faces: Maker<FaceSense, FaceCapabilities>;
  alignment: Maker<Aligner, object>;
  /** Makes vectors of texts, by which knowledge is found. */
  embedding: Maker<Embedder, object>;
  /** Made in a process of its own, which has nothing else to give. */
  images: Maker<ImageGenerator, ImageCapabilities, object, Pick<ProviderHost, 'variables'>>;
}
export type Kind = keyof Makers;

export interface Vendor {
  /** As settings, metrics and personas name it; the folder's name. */
  readonly name: string;
  /** Variables of the environment that hold its keys and addresses; nothing else of the environment reaches it. */
  readonly variables: readonly string[];
  readonly makes: { readonly [K in Kind]?: Makers[K] };
}
