/** `npm run dev`: the server, restarted when its code changes, and the page with hot reload in front of it. */
import { type ChildProcess, spawn } from 'node:child_process';

const serverPort = process.env.PORT ?? '3000';
const pagePort = String(Number(serverPort) + 1);

const run = (args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess =>
  spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } });

const children = [
  run([
    '--watch-path=server',
    '--watch-path=agents',
    '--watch-path=protocol',
    '--watch-path=personas',
    'server/main.ts',
  ]),
  run(['node_modules/vite/bin/vite.js', '--config', 'client/vite.config.ts', '--port', pagePort, '--strictPort'], {
    PORT: serverPort,
  }),
];
console.log(`\n  Page with hot reload: http://localhost:${pagePort} (server on ${serverPort})\n`);

const stop = () => {
  for (const child of children) child.kill('SIGTERM');
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
// Neither is of use without the other.
for (const child of children) child.on('exit', stop);
