/** What the process with the model is told, and tells. */
import type { JsonSchema } from '../../think/tools/json-schema.ts';

/** A line of a conversation, as chat templates know them. */
export type Line =
  | { type: 'system' | 'user'; text: string }
  | { type: 'model'; text: string; calls?: readonly { name: string; params: unknown; result: string }[] };

export interface Question {
  lines: readonly Line[];
  maxTokens: number;
  temperature: number;
  /** The answer begins with one of these in brackets: `(happy) `. */
  feelings?: readonly string[];
  functions?: readonly { name: string; description: string; parameters: JsonSchema }[];
}

export interface ModelOptions {
  file: string;
  contextTokens: number;
  conversations: number;
  threads: number;
  gpu: boolean;
}

export type ToModel =
  | { type: 'ask'; id: number; question: Question }
  /** Reads what a conversation will begin with. */
  | { type: 'warm'; lines: readonly Line[] }
  | { type: 'cancel'; id: number };

export type FromModel =
  | { type: 'ready'; loadMs: number }
  /** It cannot be used at all: the file is none that can be read. */
  | { type: 'unusable'; reason: string }
  | { type: 'text'; id: number; text: string }
  | {
      type: 'done';
      id: number;
      calls: readonly { name: string; params: unknown }[];
      inputTokens: number;
      outputTokens: number;
    }
  | { type: 'failed'; id: number; reason: string };
