/** The clock of `tick`: told once how many milliseconds are between two ticks. */
addEventListener('message', ({ data }: MessageEvent<number>) => void setInterval(() => postMessage(0), data), {
  once: true,
});
