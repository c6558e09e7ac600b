import type { SpeechCapabilities } from '../../speak/ports.ts';

/** OpenAI's own. */
const VOICES = ['alloy', 'ash', 'ballad', 'coral', 'echo', 'fable', 'nova', 'onyx', 'sage', 'shimmer', 'verse'];

/** @param voice of personas that name none of the endpoint's; a compatible one may have any others */
export const speechCapabilities = ({ voice }: { voice: string }): SpeechCapabilities => ({
  phones: false,
  prosody: false,
  voices: { known: [...new Set([voice, ...VOICES])], closed: false },
  reads: 'written',
});
