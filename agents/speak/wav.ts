const HEADER = 44;

/** Speech as a WAV file: 16-bit mono (RIFF, PCM). */
export function wavOf(pcm: Int16Array, sampleRate: number): Buffer {
  const wav = Buffer.alloc(HEADER + pcm.length * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(sampleRate, 24);
  wav.writeUInt32LE(sampleRate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(pcm.length * 2, 40);
  wav.set(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength), HEADER);
  return wav;
}
