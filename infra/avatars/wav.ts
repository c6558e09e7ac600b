/** 16 bit PCM of a WAV file (RIFF), its channels mixed to one. @throws {RangeError} for any other file */
export function readWav(file: Buffer): { pcm: Int16Array; sampleRate: number } {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE')
    throw new RangeError('this is not a WAV file');
  let format: { channels: number; sampleRate: number } | undefined;
  for (let at = 12; at + 8 <= file.length; ) {
    const name = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    const body = file.subarray(at + 8, at + 8 + size);
    if (name === 'fmt ') {
      if (body.readUInt16LE(0) !== 1 || body.readUInt16LE(14) !== 16)
        throw new RangeError('the WAV file must hold 16 bit PCM');
      format = { channels: body.readUInt16LE(2), sampleRate: body.readUInt32LE(4) };
    }
    if (name === 'data' && format) {
      const { channels, sampleRate } = format;
      const pcm = new Int16Array(Math.floor(body.length / 2 / channels));
      for (let i = 0; i < pcm.length; i++) {
        let sum = 0;
        for (let c = 0; c < channels; c++) sum += body.readInt16LE((i * channels + c) * 2);
        pcm[i] = Math.round(sum / channels);
      }
      return { pcm, sampleRate };
    }
    at += 8 + size + (size % 2);
  }
  throw new RangeError('the WAV file holds no sound');
}
