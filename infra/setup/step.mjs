import { spawn } from 'node:child_process';

/** Something is missing that the set-up may not or cannot put there; the message says exactly what to do. */
export class SetupError extends Error {
  name = 'SetupError';
}

/** Runs one part of the set-up; says how long it took where it was long enough to wonder. */
export async function step(name, work) {
  const beganMs = performance.now();
  const did = await work();
  const seconds = (performance.now() - beganMs) / 1000;
  if (did) console.log(`set-up: ${name}: ${did}${seconds > 1 ? ` (${seconds.toFixed(0)} s)` : ''}`);
}

/**
 * Runs a command; shows its output, or, with `quiet`, only a dot every few seconds and the output if it fails.
 * Resolves to the exit status.
 */
export function run(command, args, { quiet = false, ...options } = {}) {
  return new Promise(resolve => {
    const child = spawn(command, args, {
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      ...options,
    });
    let output = '';
    const keep = data => {
      output = (output + data).slice(-8000);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    const dots = quiet ? setInterval(() => process.stdout.write('.'), 3000) : undefined;
    const done = status => {
      clearInterval(dots);
      if (quiet && status !== 0) process.stderr.write(`\n${output}\n`);
      resolve(status);
    };
    child.on('error', error => {
      output += error.message;
      done(127);
    });
    child.on('exit', code => done(code ?? 1));
  });
}
