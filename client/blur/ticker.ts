/** Calls back so many times a second, in a tab that nobody looks at, too: a thread of its own is not slowed down. */
export function tick(perSecond: number, each: () => void): () => void {
  const worker = new Worker(new URL('./ticker-thread.ts', import.meta.url), { type: 'module' });
  worker.onmessage = each;
  worker.postMessage(1000 / perSecond);
  return () => worker.terminate();
}
