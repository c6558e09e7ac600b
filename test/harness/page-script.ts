/**
 * Runs inside the page, before its own code: gives it a microphone that the test speaks into, and listens to
 * what the page plays. Everything is timed on one AudioContext.
 */
export interface PageProbe {
  /** Speaks 16 kHz PCM into the microphone; resolves with the context times (s) of its first and last sample. */
  speak(pcmBase64: string): Promise<{ startS: number; endS: number }>;
  /** Begins to record what the avatar's element plays. */
  hear(): Promise<boolean>;
  now(): number;
  /** Loudness of the avatar per block: [time in s, RMS] since `sinceS`. */
  loudness(sinceS: number): [number, number][];
  /** What was heard since `sinceS`, 16 kHz PCM as base64. */
  recorded(sinceS: number): string;
  /** Begins to look at the avatar's pictures. */
  watch(): void;
  /** Since `sinceS`, each picture's [time s, mean change of the whole, mean change of the mouth, brightness of the mouth]. */
  pictures(sinceS: number): Picture[];
  /** Frames of the avatar that were decoded so far. */
  framesDecoded(): Promise<number>;
  /** How the avatar's media arrived so far. */
  reception(): Promise<Reception>;
  /** Puts a picture before the camera, in the middle; without one, plain colours. */
  show(imageBase64?: string): Promise<void>;
  /** From the click on Join to the avatar's first picture, ms. */
  joinToFirstPictureMs(): number | undefined;
}

/** Counters of the avatar's two streams, as WebRTC statistics name them. */
export interface Reception {
  totalSamples: number;
  concealedSamples: number;
  framesDecoded: number;
  freezes: number;
  frozenS: number;
}

export type Picture = [timeS: number, change: number, mouthChange: number, mouthLight: number];

declare global {
  interface Window {
    probe: PageProbe;
  }
}

/** Self-contained: it is sent to the browser as text. */
export function installProbe(): void {
  const context = new AudioContext({ sampleRate: 48_000, latencyHint: 'interactive' });
  const microphone = context.createMediaStreamDestination();
  // Room noise far below speech: a real microphone is never digitally silent.
  const noise = context.createBuffer(1, context.sampleRate * 2, context.sampleRate);
  const samples = noise.getChannelData(0);
  for (let i = 0; i < samples.length; i++) samples[i] = (Math.random() - 0.5) * 0.0006;
  const hum = new AudioBufferSourceNode(context, { buffer: noise, loop: true });
  hum.connect(microphone);
  hum.start();

  const blocks: { time: number; rms: number; pcm: Float32Array }[] = [];
  const pictures: Picture[] = [];
  let shown: ImageBitmap | undefined;
  let joinClickMs: number | undefined;
  let firstPictureMs: number | undefined;
  const KEEP_BLOCKS = 120_000 / 2.67;
  /** From the end: what is asked for again and again is what came last. */
  const blocksSince = (sinceS: number) => blocks.slice(blocks.findLastIndex(({ time }) => time < sinceS) + 1);

  const connections = new Set<RTCPeerConnection>();
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      connections.add(this);
    }
  };

  const avatar = () => document.querySelector<HTMLVideoElement>('video[data-kind="avatar"]');

  const media = navigator.mediaDevices;
  media.getUserMedia = async constraints => {
    const stream = new MediaStream();
    const query = new URLSearchParams(location.search);
    if (constraints?.audio && query.get('microphone') === 'refused')
      throw new DOMException('refused', 'NotAllowedError');
    if (constraints?.audio) for (const track of microphone.stream.getAudioTracks()) stream.addTrack(track.clone());
    if (constraints?.video) {
      if (new URLSearchParams(location.search).get('camera') === 'none')
        throw new DOMException('no camera', 'NotFoundError');
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [640, 480];
      const pen = canvas.getContext('2d');
      let hue = 0;
      let ticks = 0;
      setInterval(() => {
        // A camera that nobody looks into costs the machine little.
        if (pen === null || (shown === undefined && ticks++ % 2 === 1)) return;
        hue = (hue + 7) % 360;
        pen.fillStyle = `hsl(${hue} 60% 50%)`;
        pen.fillRect(0, 0, 640, 480);
        if (shown !== undefined) pen.drawImage(shown, 80, 0, 480, 480);
      }, 100);
      for (const track of canvas.captureStream(10).getVideoTracks()) stream.addTrack(track);
    }
    return stream;
  };
  media.getDisplayMedia = async () => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [1280, 720];
    const pen = canvas.getContext('2d');
    let frame = 0;
    setInterval(() => {
      if (pen === null) return;
      pen.fillStyle = '#fff';
      pen.fillRect(0, 0, 1280, 720);
      pen.fillStyle = '#000';
      pen.font = '80px sans-serif';
      pen.fillText(`Figures of May (${frame++})`, 200, 360);
    }, 200);
    return canvas.captureStream(5);
  };
  media.enumerateDevices = async () =>
    [
      { kind: 'audioinput', deviceId: 'test-mic', label: 'Test microphone', groupId: 'test' },
      { kind: 'videoinput', deviceId: 'test-cam', label: 'Test camera', groupId: 'test' },
    ].map(device => ({ ...device, toJSON: () => device })) as MediaDeviceInfo[];

  const worklet = `registerProcessor('tap', class extends AudioWorkletProcessor {
    process([input]) {
      const channel = input[0];
      if (channel) this.port.postMessage({ time: currentTime, pcm: channel.slice() });
      return true;
    }
  });`;

  window.probe = {
    now: () => context.currentTime,
    async show(imageBase64) {
      shown =
        imageBase64 === undefined
          ? undefined
          : await createImageBitmap(new Blob([Uint8Array.from(atob(imageBase64), c => c.charCodeAt(0))]));
    },
    async speak(pcmBase64) {
      await context.resume();
      const bytes = Uint8Array.from(atob(pcmBase64), c => c.charCodeAt(0));
      const pcm = new Int16Array(bytes.buffer);
      const buffer = context.createBuffer(1, pcm.length, 16_000);
      const channel = buffer.getChannelData(0);
      for (let i = 0; i < pcm.length; i++) channel[i] = pcm[i]! / 32_768;
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(microphone);
      const startS = context.currentTime + 0.05;
      source.start(startS);
      await new Promise<void>(resolve => {
        source.onended = () => resolve();
      });
      return { startS, endS: startS + buffer.duration };
    },
    async hear() {
      await context.resume();
      const stream = avatar()?.srcObject;
      if (!(stream instanceof MediaStream) || stream.getAudioTracks().length === 0) return false;
      await context.audioWorklet.addModule(URL.createObjectURL(new Blob([worklet], { type: 'text/javascript' })));
      const tap = new AudioWorkletNode(context, 'tap', { numberOfOutputs: 1 });
      tap.port.onmessage = ({ data }: MessageEvent<{ time: number; pcm: Float32Array }>) => {
        let sum = 0;
        for (const sample of data.pcm) sum += sample * sample;
        blocks.push({ time: data.time, pcm: data.pcm, rms: Math.sqrt(sum / data.pcm.length) });
        if (blocks.length > KEEP_BLOCKS) blocks.shift();
      };
      new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream(stream.getAudioTracks()) }).connect(tap);
      const mute = new GainNode(context, { gain: 0 });
      tap.connect(mute).connect(context.destination);
      return true;
    },
    loudness: sinceS => blocksSince(sinceS).map(({ time, rms }) => [time, rms]),
    recorded(sinceS) {
      const wanted = blocksSince(sinceS);
      const pcm = new Int16Array(Math.floor((wanted.length * 128) / 3));
      for (let i = 0; i < pcm.length; i++) {
        let sum = 0;
        for (let j = 0; j < 3; j++) {
          const at = i * 3 + j;
          sum += wanted[at >> 7]?.pcm[at & 127] ?? 0;
        }
        pcm[i] = Math.max(-32_768, Math.min(32_767, (sum / 3) * 32_768));
      }
      let text = '';
      for (const byte of new Uint8Array(pcm.buffer)) text += String.fromCharCode(byte);
      return btoa(text);
    },
    watch() {
      const video = avatar();
      if (video === null) return;
      const canvas = new OffscreenCanvas(64, 64);
      const pen = canvas.getContext('2d', { willReadFrequently: true });
      let before: Uint8ClampedArray | undefined;
      const look: VideoFrameRequestCallback = () => {
        if (pen !== null) {
          pen.drawImage(video, 0, 0, 64, 64);
          const { data } = pen.getImageData(0, 0, 64, 64);
          let change = 0;
          let mouth = 0;
          let light = 0;
          for (let i = 0; i < data.length; i += 4) {
            const [x, y] = [(i >> 2) & 63, i >> 8];
            const inMouth = x >= 25 && x < 39 && y >= 36 && y < 48;
            const difference = before === undefined ? 0 : Math.abs(data[i + 1]! - before[i + 1]!);
            change += difference;
            if (!inMouth) continue;
            mouth += difference;
            light += data[i + 1]!;
          }
          before = data;
          pictures.push([context.currentTime, change / 4096, mouth / 168, light / 168]);
        }
        video.requestVideoFrameCallback(look);
      };
      video.requestVideoFrameCallback(look);
    },
    pictures: sinceS => pictures.filter(([time]) => time >= sinceS),
    async framesDecoded() {
      const stream = avatar()?.srcObject;
      const track = stream instanceof MediaStream ? stream.getVideoTracks()[0] : undefined;
      for (const connection of connections)
        for (const receiver of connection.getReceivers())
          if (receiver.track === track)
            for (const [, report] of await receiver.getStats())
              if (report.type === 'inbound-rtp') return report.framesDecoded as number;
      return 0;
    },
    async reception() {
      const stream = avatar()?.srcObject;
      const tracks = stream instanceof MediaStream ? stream.getTracks() : [];
      const found = { totalSamples: 0, concealedSamples: 0, framesDecoded: 0, freezes: 0, frozenS: 0 };
      for (const connection of connections)
        for (const receiver of connection.getReceivers()) {
          if (!tracks.includes(receiver.track)) continue;
          for (const [, report] of await receiver.getStats()) {
            if (report.type !== 'inbound-rtp') continue;
            found.totalSamples += report.totalSamplesReceived ?? 0;
            // Silence that nobody sent is not a loss.
            found.concealedSamples += (report.concealedSamples ?? 0) - (report.silentConcealedSamples ?? 0);
            found.framesDecoded += report.framesDecoded ?? 0;
            found.freezes += report.freezeCount ?? 0;
            found.frozenS += report.totalFreezesDuration ?? 0;
          }
        }
      return found;
    },
    joinToFirstPictureMs: () =>
      joinClickMs === undefined || firstPictureMs === undefined ? undefined : firstPictureMs - joinClickMs,
  };

  document.addEventListener(
    'click',
    event => {
      if (event.target instanceof Element && event.target.closest('button')?.textContent?.trim() === 'Join')
        joinClickMs = performance.now();
    },
    { capture: true },
  );
  // The first picture of the avatar, from the page's own clock: the element appears only after joining.
  const observer = new MutationObserver(() => {
    const video = avatar();
    if (video === null || firstPictureMs !== undefined) return;
    video.requestVideoFrameCallback(() => {
      firstPictureMs ??= performance.now();
    });
  });
  observer.observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-kind'] });
}
