import { describe, expect, it } from 'vitest';
import { InnerText } from './inner-text.ts';

/** What is said of an answer, whole and in pieces of every size: the same. */
function said(answer: string, others: string[] = ['Ann']): string {
  const inPieces = (size: number) => {
    const text = new InnerText(['Ollie'], others);
    let passed = '';
    for (let at = 0; at < answer.length; at += size) passed += text.push(answer.slice(at, at + size));
    return passed + text.end();
  };
  const whole = inPieces(answer.length || 1);
  for (const size of [1, 2, 3, 5, 8]) expect(inPieces(size), `in pieces of ${size}`).toBe(whole);
  return whole;
}

describe('what a model writes for itself is not said', () => {
  it.each([
    ['<think>She is sad.</think>I am sorry.', 'I am sorry.'],
    ['<think>\nShe is sad.\n</think>\n\nI am sorry.', 'I am sorry.'],
    ['<THINKING mode="x">Hm.</THINKING> Yes.', 'Yes.'],
    ['Well. <reasoning>Hm.</reasoning> Yes.', 'Well. Yes.'],
    ['◁think▷Hm.◁/think▷Yes.', 'Yes.'],
    ['[THINK]Hm.[/THINK]Yes.', 'Yes.'],
    ['<think>never ended', ''],
    ['<internal_monologue>Hm.</internal_monologue>Yes.', 'Yes.'],
    ['<|thinking|>Hm.<|/thinking|>Yes.', 'Yes.'],
    ['<!-- she is sad -->Yes.', 'Yes.'],
    ['Thought: she is sad.\nAction: comfort["her"]\nFinal Answer: Yes.', 'Yes.'],
    ['</think>Yes.', 'Yes.'],
    ['<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Yes.<|return|>', 'Yes.'],
    ['<|begin_of_thought|>Hm.<|end_of_thought|>Yes.', 'Yes.'],
  ])('a thought: %j', (answer, words) => expect(said(answer)).toBe(words));

  it.each([
    ['<tool_call>{"name":"order","arguments":{"a":"<b>"}}</tool_call>One moment.', 'One moment.'],
    ['One moment. <tool_call>{"name":"order"}', 'One moment. '],
    ['<function_calls><invoke name="x">y</invoke></function_calls>Done.', 'Done.'],
    ['One moment. <function_calls><invoke name="x">y</invoke></function_calls> Done.', 'One moment. Done.'],
    ['{"name": "order", "arguments": {"a": "}"}} One moment.', 'One moment.'],
    ['One moment. {"tool":"order"}', 'One moment. '],
    ['[{"name": "order", "arguments": {"a": [1]}}] One moment.', 'One moment.'],
    ['[TOOL_CALLS][{"name":"order"}]', ''],
    ['<|tool_call_begin|>order<|tool_call_end|>Done.', 'Done.'],
  ])('a call as text: %j', (answer, words) => expect(said(answer)).toBe(words));

  it.each([
    ['Hello!<|im_end|>', 'Hello!'],
    ['Hello!<|im_end|>\n<|im_start|>user\nHow are you?', 'Hello!'],
    ['Hello!</s>', 'Hello!'],
    ['<s>Hello!', 'Hello!'],
    ['Hello!<｜end▁of▁sentence｜>', 'Hello!'],
    ['Hello!<|eot_id|><|start_header_id|>user<|end_header_id|>\nHi', 'Hello!'],
    ['<|start_header_id|>assistant<|end_header_id|>\n\nHello!', 'Hello!'],
    ['Hello!<end_of_turn>', 'Hello!'],
    ['<start_of_turn>model\nHello!', 'Hello!'],
    ['[INST] Hello! [/INST]', 'Hello! '],
    ['### Response:\nHello!', '\nHello!'],
    ['Hello!\n### Instruction:\nSay more.', 'Hello!\n'],
  ])('a mark of its format: %j', (answer, words) => expect(said(answer)).toBe(words));

  it.each([
    ['Ollie: Hello', 'Hello'],
    ['**Ollie:** Hello', 'Hello'],
    ['Ollie (smiling): Hello', 'Hello'],
    ['[Ollie]: Hello', 'Hello'],
    ['Ollie：你好', '你好'],
    ['Assistant: Hello', 'Hello'],
    ['AI: Hello', 'Hello'],
    ['Hello.\nOllie: How are you?', 'Hello.\nHow are you?'],
    ['Hello.\nUser: I am fine.\nOllie: Good.', 'Hello.\n'],
    ['Hello.\nAnn: I am fine.', 'Hello.\n'],
  ])('whose words they are: %j', (answer, words) => expect(said(answer)).toBe(words));

  it.each([
    ['*waves* Hello!', 'Hello!'],
    ['**waves** Hello!', 'Hello!'],
    ['Hello! *smiles warmly*', 'Hello! '],
    ['*softly chuckles* Well.', 'Well.'],
    ['Hello. *leans in closer* Listen.', 'Hello. Listen.'],
    ['(laughs) That is good.', 'That is good.'],
    ['[sighs] That is sad.', 'That is sad.'],
    ['*swims around the bowl* Hi!', 'Hi!'],
    ['_nods slowly_ Yes.', 'Yes.'],
    ['*Ollie leans in* Listen.', 'Listen.'],
    ['*He smiles* Hello.', 'Hello.'],
  ])('what it does: %j', (answer, words) => expect(said(answer)).toBe(words));
});

describe('what is meant for the listener is said', () => {
  it.each([
    'I *really* mean it.',
    'I **really** mean it.',
    '**42.** That is it.',
    '[1, 2, 3]',
    '### Soup',
    'Thoughtful people act.',
    'I _really_ mean it.',
    'The file is my_first_file.txt.',
    'Curly {braces} are text.',
    '{ "a": 1 }',
    '{',
    '*This* is it.',
    'It is 3 * 4 = 12, and 5 < 7 > 6.',
    'Use <b>bold</b> letters.',
    'a < b, and b > c',
    'Ollie is my name: I like it.',
    'Note: it is late.',
    'At 10:30 we go.',
    'I (or you) may go.',
    'See [1] for more.',
    'I think (really) so.',
    'She said: <3',
    'Well, I think so. Thinking is good.',
    'Ollie',
    '*',
    'a *b',
    '(as always) late',
    'Ann: nice to see you.',
    '',
  ])('%j', answer => expect(said(answer)).toBe(answer));

  it('at once, where nothing else can come of it', () => {
    const text = new InnerText(['Ollie']);
    expect(text.push('H')).toBe('H');
    expect(text.push('ello, ')).toBe('ello, ');
    expect(text.push('5 < ')).toBe('5 < ');
  });
});

describe('a thought whose beginning is not told', () => {
  it('ends all that came with it, and is waited for from then on', () => {
    const first = new InnerText(['Ollie']);
    expect(first.push('She is sad.</think>\n\nI am sorry.') + first.end()).toBe('I am sorry.');
    expect(first.endedThought).toBe(true);
    const next = new InnerText(['Ollie'], [], true);
    expect([next.push('Hm. '), next.push('Hm.</thi'), next.push('nk>Yes.'), next.end()]).toEqual(['', '', 'Yes.', '']);
  });

  it('costs nothing of an answer without one', () => {
    const text = new InnerText(['Ollie'], [], true);
    expect(text.push('Yes, ') + text.push('I do.') + text.end()).toBe('Yes, I do.');
  });
});
