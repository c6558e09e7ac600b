import type { Conversation, Persona, ReplyOptions } from './ports.ts';
import type { JsonSchema } from './tools/json-schema.ts';

/** A call as a model asks for it. */
export interface ToolCall {
  name: string;
  /** JSON, as far as the model kept to it. */
  arguments: string;
}

/** What became of a call. */
export type ToolOutcome =
  | 'ok'
  | 'bad-arguments'
  | 'bad-result'
  | 'timeout'
  | 'http-error'
  | 'tool-error'
  | 'network'
  | 'refused-limit'
  | 'cancelled';

/** The tools that one answer may use. */
export interface TurnTools {
  /** What a model is told of them. */
  readonly declared: readonly { name: string; description: string; parameters: JsonSchema }[];
  /** No call is left in this turn. */
  readonly spent: boolean;
  /**
   * Makes the calls side by side. What the model is told of each, in their order: the tool's answer, or one sentence
   * that says what went wrong. Rejects only when the turn is called off.
   */
  run(calls: readonly ToolCall[]): Promise<string[]>;
}

/** Whether a language model may call anything for a persona. */
export const usesTools = ({ tools, mcp }: Pick<Persona, 'tools' | 'mcp'>): boolean =>
  tools !== undefined || mcp !== undefined;

/** Carries out what personas declare as tools. */
export interface Toolbox {
  /** For one answer; undefined where the persona has no tools. */
  begin(conversation: Conversation, options: ReplyOptions): TurnTools | undefined;
}
