import fs from 'node:fs';
import path from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { OperatorError } from '../../telemetry/operator-error.ts';
import type { VoiceDesign } from '../speak/ports.ts';
import type { Persona } from './ports.ts';
import { ToolDeclarations } from './tools/declaration.ts';
import { McpDeclarations } from './tools/mcp-declaration.ts';

/** Of the keys of a {@link VoiceDesign}, those that are not as the voice has them. */
const Design = z
  .strictObject({
    timbre: z.number().min(0.7).max(1.4),
    pitch: z.number().min(0.4).max(2),
    range: z.number().min(0.3).max(2),
    pace: z.number().min(0.6).max(1.6),
    breath: z.number().min(0).max(1),
  } satisfies Record<keyof VoiceDesign, z.ZodNumber>)
  .partial();

const Folder = z.string().regex(/^(?:[\w-][\w. -]*\/)*[\w-][\w. -]*$/);

const Remarks = z.array(z.string().min(1).max(200)).max(16);

const Settings = z
  .strictObject({
    name: z.string().min(1).max(64),
    description: z.string().max(300),
    avatar: z.string().regex(/^[a-z0-9-]+$/),
    voice: z.union([z.string().min(1), z.record(z.string().max(64), z.string().min(1))], {
      error: 'the name of a voice, or names by vendor: { hibari: june, flite: slt }',
    }),
    design: Design.optional(),
    greeting: z.string().min(1).max(500),
    welcome: z.union([z.literal(false), z.string().min(1).max(200)]).optional(),
    disclose: z.boolean().optional(),
    instructions: z.string().min(1),
    /** RiveScript file beside this one. */
    script: z
      .string()
      .regex(/^[\w-]+\.rive$/)
      .optional(),
    /** Instead of `script`: several, in this or a deeper folder; what a later one defines again counts. */
    scripts: z
      .array(z.string().regex(/^(?:[\w-]+\/)*[\w-]+\.rive$/))
      .min(1)
      .max(16)
      .optional(),
    language: z
      .string()
      .regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/)
      .default('en'),
    expertise: z.array(z.string().min(1).max(64)).max(16).optional(),
    limits: z
      .strictObject({
        answerSeconds: z.number().min(2).max(300).optional(),
        sentences: z.number().int().min(1).max(50).optional(),
      })
      .optional(),
    style: z.string().min(1).max(500).optional(),
    tools: ToolDeclarations.optional(),
    mcp: McpDeclarations.optional(),
    waiting: Remarks.optional(),
    stillWaiting: Remarks.optional(),
    handover: z
      .array(
        z.strictObject({
          to: z.string().min(1).max(64),
          when: z.array(z.string().min(1).max(200)).max(50).default([]),
          say: z.string().min(1).max(300),
        }),
      )
      .min(1)
      .max(16)
      .optional(),
    speed: z.number().min(0.5).max(2).default(1),
    pitch: z.number().min(0.5).max(2).default(1),
    backchannels: z.boolean().optional(),
    hotWords: z.array(z.string().min(2).max(40)).max(100).optional(),
    patience: z.number().min(0.25).max(8).optional(),
    responder: z.enum(['duplex', 'pipeline']).optional(),
    /** Folder beside this file. */
    knowledge: z
      .union([Folder.transform(folder => ({ folder })), z.strictObject({ folder: Folder, url: z.url().optional() })], {
        error: 'a folder beside this file, or { folder, url }: where people find the same files',
      })
      .optional(),
  })
  .refine(({ script, scripts }) => (script === undefined) !== (scripts === undefined), {
    path: ['script'],
    message: 'name one file here, or several as scripts',
  })
  .superRefine(({ tools = [], mcp = [] }, context) => {
    for (const [i, { name }] of tools.entries())
      if (mcp.some(server => name.startsWith(`${server.name}_`)))
        context.addIssue({ code: 'custom', path: ['tools', i, 'name'], message: 'begins with the name of a server' });
  });

/** A persona file is wrong; the message names the file, the line and the key. */
export class PersonaError extends OperatorError {
  override name = 'PersonaError';
}

/** A persona as its file has it. */
export interface PersonaSource {
  persona: Persona;
  /** What it was read from: the file itself and its scripts. */
  files: string[];
  /** Where the file says something: `personas/sarah.yaml:4: voice`. */
  place(...keys: string[]): string;
}

/** `sarah.yaml`, `sarah.yml`, or `sarah.md` with its settings between two lines of dashes and instructions below. */
export const isPersonaFile = (name: string) => /\.(?:ya?ml|md)$/.test(name) && !/^readme\.md$/i.test(name);

/** Reads one persona. Throws {@link PersonaError}. */
export function readPersona(file: string): PersonaSource {
  const { settings, place } = readSettings(file);
  const result = Settings.safeParse(settings);
  if (!result.success) {
    const issue = result.error.issues[0]!;
    const keys = [...issue.path, ...(issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])];
    throw new PersonaError(`${place(...keys.map(String))}: ${issue.message}`);
  }
  const { script, scripts, knowledge, ...rest } = result.data;
  const documents =
    knowledge === undefined ? undefined : { ...knowledge, folder: path.join(path.dirname(file), knowledge.folder) };
  if (documents !== undefined && !fs.statSync(documents.folder, { throwIfNoEntry: false })?.isDirectory())
    throw new PersonaError(`${place('knowledge')}: there is no folder ${documents.folder}`);
  const names = scripts ?? [script!];
  const parts = names.map((name, i) => {
    const part = path.join(path.dirname(file), name);
    if (!fs.existsSync(part))
      throw new PersonaError(`${scripts ? place('scripts', String(i)) : place('script')}: there is no ${part}`);
    return { file: part, text: fs.readFileSync(part, 'utf8') };
  });
  return {
    persona: {
      id: path.parse(file).name,
      ...rest,
      ...(documents !== undefined && { knowledge: documents }),
      script: parts.map(({ text }) => text).join('\n'),
      scriptFiles: parts.map(part => ({ file: part.file, lines: part.text.split('\n').length })),
    },
    files: [file, ...parts.map(part => part.file)],
    place,
  };
}

function readSettings(file: string): { settings: unknown; place: (...keys: string[]) => string } {
  const { front, body, bodyLine } = splitFile(file);
  const lines = new LineCounter();
  const document = parseDocument(front, { lineCounter: lines });
  const line = (offset = 0) => lines.linePos(offset).line;
  const [error] = document.errors;
  if (error !== undefined)
    throw new PersonaError(`${file}:${line(error.pos[0])}: ${error.message.split(/ at line \d/)[0]}`);
  const settings: unknown = document.toJS();
  const isMap = typeof settings === 'object' && settings !== null && !Array.isArray(settings);
  const place = (...keys: string[]) => {
    const key = keys.join('.') || '(top)';
    // What is missing is missing in what it should be in.
    for (let depth = keys.length; depth > 0; depth--) {
      const node = document.getIn(keys.slice(0, depth), true) as { range?: [number, number, number] } | undefined;
      if (node?.range) return `${file}:${line(node.range[0])}: ${key}`;
    }
    return `${file}:${keys[0] === 'instructions' ? bodyLine : 1}: ${key}`;
  };
  if (body === undefined || !isMap) return { settings, place };
  if ('instructions' in settings)
    throw new PersonaError(`${place('instructions')}: they are what follows the second line of dashes`);
  return { settings: { ...settings, instructions: body }, place };
}

/** Settings, and for Markdown the text below them. Lines of the settings are numbered as in the file. */
function splitFile(file: string): { front: string; body?: string; bodyLine: number } {
  const text = fs.readFileSync(file, 'utf8');
  if (!file.endsWith('.md')) return { front: text, bodyLine: 1 };
  const [, front, body] = /^---[ \t]*\r?\n([\s\S]*?)^---[ \t]*\r?$([\s\S]*)/m.exec(text) ?? [];
  if (front === undefined || body === undefined || !text.startsWith('---'))
    throw new PersonaError(`${file}:1: the settings belong between two lines of dashes at its beginning`);
  // The line of dashes becomes an empty one.
  return { front: `\n${front}`, body: body.trim(), bodyLine: front.split('\n').length + 2 };
}
