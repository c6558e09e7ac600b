import type { Source } from '../../protocol/conversation.ts';
import type { DangerKind } from '../../protocol/dangers.ts';
import type { Feeling } from '../../protocol/feelings.ts';
import type { Fact } from '../../protocol/memory.ts';
import type { Emotion } from '../../protocol/timeline.ts';
import type { VoiceChoice, VoiceDesign } from '../speak/ports.ts';
import type { Sight } from './sight.ts';
import type { ToolDeclaration } from './tools/declaration.ts';
import type { Deeds } from './tools/deeds.ts';
import type { Finding, Lookups } from './tools/lookups.ts';
import type { McpDeclaration } from './tools/mcp-declaration.ts';

export interface Persona {
  id: string;
  name: string;
  description: string;
  avatar: string;
  /** One name, or one by vendor. */
  voice: VoiceChoice;
  /** What of it is to be otherwise, where it can be designed. */
  design?: Partial<VoiceDesign>;
  /** That voice was made of somebody's own: nothing that it says is kept. */
  ownVoice?: true;
  /** What is said to whoever joins first; `{name}` becomes their name. */
  greeting: string;
  /** What who comes later is greeted with, `{names}` becomes theirs; false: they are not; absent: what is usual in its language. */
  welcome?: string | false;
  /** False: its greeting need not say that it is an AI. */
  disclose?: boolean;
  /** Instructions for a language model. */
  instructions: string;
  /** RiveScript source of the embedded dialogue. */
  script: string;
  /** The files that `script` was put together from, in order. */
  scriptFiles?: readonly { file: string; lines: number }[];
  /** BCP 47. */
  language?: string;
  /** What it knows best. */
  expertise?: readonly string[];
  /** Of one answer. */
  limits?: { answerSeconds?: number; sentences?: number };
  /** Its emotional style, in words. */
  style?: string;
  /** What a language model may call for it; never empty. */
  tools?: readonly ToolDeclaration[];
  /** What is said while a tool takes long, and while it takes very long; absent: what is usual in its language. */
  waiting?: readonly string[];
  stillWaiting?: readonly string[];
  /** Servers whose tools it may call as well; never empty. */
  mcp?: readonly McpDeclaration[];
  /** To whom it may give people, and where it does: `when` in the pattern language of `safety/pattern.ts`. */
  handover?: readonly { to: string; when: readonly string[]; say: string }[];
  speed: number;
  pitch: number;
  /** It says "mm-hmm" while somebody tells something long. */
  backchannels?: boolean;
  /** Words of its subject that a recognizer may not know. */
  hotWords?: readonly string[];
  /** How long it waits for people, against others; 1 by default. */
  patience?: number;
  /** Who answers for it where both are there: a model that speaks itself (as usual), or who writes and speaks. */
  responder?: 'duplex' | 'pipeline';
  /** The documents that it has read; `url`: where people find the same files. */
  knowledge?: { folder: string; url?: string };
}

/** One thing said, as a dialogue sees it: what was really heard, no more [T4]. */
export interface Exchange {
  role: 'user' | 'avatar';
  speaker: string;
  name: string;
  text: string;
  /** In the log, and the turn that it became part of. */
  entryId?: string;
  turnId?: string;
  /** Of the avatar's words: entries of the log that they answer. */
  answers?: readonly string[];
  /** It was said to others; the avatar merely heard it. */
  overheard?: true;
  /** It was written, not said: who listens has not heard it. */
  typed?: true;
}

/** A person in the conversation, as far as they want to be known. */
export interface Known {
  identity: string;
  name: string;
  /** From earlier calls and from this one. */
  facts: readonly Fact[];
  /** How they feel, where that is sensed. */
  feeling?: Feeling;
}

/** What the dialogue is asked to answer. */
export interface Conversation {
  persona: Persona;
  /** Oldest first, without the present turn. */
  history: readonly Exchange[];
  /** What came before `history`, in short. */
  summary?: string;
  /** What was said in the present turn, by one person or several; nothing, where there is an `occasion`. */
  turn: readonly Exchange[];
  people?: readonly Known[];
  /** Somebody else's voice broke off in the middle of the answer; so much of it was said, and is not said again. */
  begun?: string;
  /** Why the avatar speaks unasked, and to whom. */
  occasion?: Occasion;
  /** What those who speak show right now, with their consent; absent: nothing may be seen. */
  look?(options: { signal: AbortSignal }): Promise<Sight[]>;
  /** What the persona's documents say of what was asked; absent where nothing was found. */
  passages?: readonly { text: string; source: Source }[];
  /** What tools did in this conversation; the same object in every turn. */
  deeds?: Deeds;
  /** What is still being looked up, while talk goes on; the same object in every turn. */
  lookups?: Lookups;
}

/** Somebody who is known from earlier is back and waits for a greeting; or what they asked for has been found. */
export type Occasion =
  | { kind: 'return'; identity: string }
  | { kind: 'found'; identity: string; findings: readonly [Finding, ...Finding[]] };

/**
 * `pause`: what was written is whole; something else is done before the answer goes on. `cached`: it was worked out
 * before.
 */
export type ReplyPart =
  | { type: 'text'; text: string; cached?: true }
  | { type: 'pause' }
  | FeelingPart
  | ConcernPart
  | HandoverPart
  | LookingPart
  | SourcesPart;

/** Something is being looked up, and takes long; or that is over. */
export interface LookingPart {
  type: 'looking';
  on: boolean;
}

/** Where what follows is written. */
export interface SourcesPart {
  type: 'sources';
  sources: readonly Source[];
}

/** Somebody seems to be in danger: those who are to know are told once the turn is certain [T5]. */
export interface ConcernPart {
  type: 'concern';
  kind: DangerKind;
}

/** This was the last that the persona says: once it was heard, another takes over. */
export interface HandoverPart {
  type: 'handover';
  /** A persona's id. */
  to: string;
}

/** How what follows is said. */
export interface FeelingPart {
  type: 'feeling';
  emotion: Emotion;
  /** 0..1 */
  intensity: number;
  /** How lively the person is who is answered, 0..1: the voice follows. Absent: not known. */
  arousal?: number;
}

export interface ReplyOptions {
  signal: AbortSignal;
  /**
   * Resolves once the turn is certain. What has side effects (a tool, a memory) waits for it; until then the
   * reply is speculation and may be thrown away [T5].
   */
  committed: Promise<void>;
  /** Told whenever tools are asked. */
  asked?(): void;
}

/** What a dialogue can do. */
export interface DialogueCapabilities {
  /** It may be shown pictures. */
  pictures: boolean;
  /** It calls the persona's tools. */
  tools: boolean;
  /** Its words are the persona's own: they are neither cut short nor kept. */
  scripted: boolean;
  /** Questions that it answers at once, and no more; absent: it does not say. */
  concurrency?: number;
  /** It is asked for what it knows for certain before entries that stand in front of it. */
  first?: boolean;
}

/** The dialogue port. Errors are ProviderErrors. */
export interface Dialogue {
  readonly name: string;
  /** Makes ready what it needs for a persona. Throws a ProviderError that says what is wrong with it. */
  prepare?(persona: Persona): void;
  reply(conversation: Conversation, options: ReplyOptions): AsyncIterable<ReplyPart>;
  /** A whole answer that nobody could give better; undefined where it has none. */
  certain?(conversation: Conversation, options: ReplyOptions): Promise<ReplyPart[] | undefined>;
}
