/** A server of tools (MCP) over standard input and output: what the shop has in stock. One tool is enough to show how. */
import readline from 'node:readline';

const STOCK = { teapot: 3, candle: 40, vase: 0 };
const TOOL = {
  name: 'find',
  description: 'Tells how many of an article the shop has, e.g. of teapot.',
  inputSchema: { type: 'object', properties: { article: { type: 'string' } }, required: ['article'] },
};

/** By the method that is asked for. */
const answers = {
  initialize: () => ({
    protocolVersion: '2025-06-18',
    capabilities: { tools: {} },
    serverInfo: { name: 'stock', version: '1' },
  }),
  ping: () => ({}),
  'tools/list': () => ({ tools: [TOOL] }),
  'tools/call': ({ arguments: { article = '' } = {} }) => {
    const name = article.toLowerCase().replace(/s$/, '');
    if (!Object.hasOwn(STOCK, name))
      return { isError: true, content: [{ type: 'text', text: 'the shop has no such article' }] };
    return { content: [{ type: 'text', text: `${STOCK[name]} of ${name}` }] };
  },
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) continue;
  const answer = answers[method];
  const told = answer
    ? { result: answer(params ?? {}) }
    : { error: { code: -32601, message: 'there is no such method' } };
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...told })}\n`);
}
