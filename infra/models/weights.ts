/** Language models that can be fetched: GGUF files, each whole, checked by size and SHA-256. */

export interface Weights {
  name: string;
  /** What it is good for. */
  gives: string;
  bytes: number;
  /** While it works, with two conversations of 2048 tokens, MB. */
  memoryMb: number;
  licence: string;
  address: string;
  sha256: string;
}

const HUB = 'https://huggingface.co';

export const WEIGHTS: readonly Weights[] = [
  {
    name: 'qwen2.5-0.5b',
    gives: 'Qwen2.5 0.5B Instruct: answers on two cores; often wrong, short of tact',
    bytes: 491_400_032,
    memoryMb: 900,
    licence: 'Apache-2.0',
    address: `${HUB}/Qwen/Qwen2.5-0.5B-Instruct-GGUF/resolve/9217f5db79a29953eb74d5343926648285ec7e67/qwen2.5-0.5b-instruct-q4_k_m.gguf`,
    sha256: '74a4da8c9fdbcd15bd1f6d01d621410d31c6fc00986f5eb687824e7b93d7a9db',
  },
  {
    name: 'llama-3.2-1b',
    gives: 'Llama 3.2 1B Instruct: for four cores; holds a conversation',
    bytes: 807_694_464,
    memoryMb: 1300,
    licence: 'Llama 3.2 Community License',
    address: `${HUB}/bartowski/Llama-3.2-1B-Instruct-GGUF/resolve/067b946cf014b7c697f3654f621d577a3e3afd1c/Llama-3.2-1B-Instruct-Q4_K_M.gguf`,
    sha256: '6f85a640a97cf2bf5b8e764087b1e83da0fdb51d7c9fab7d0fece9385611df83',
  },
  {
    name: 'qwen3-1.7b',
    gives: 'Qwen3 1.7B: for four to eight cores; follows its role, calls tools',
    bytes: 1_107_409_472,
    memoryMb: 1900,
    licence: 'Apache-2.0',
    address: `${HUB}/unsloth/Qwen3-1.7B-GGUF/resolve/d7f544eead698dbd1f15126ef60b45a1e1933222/Qwen3-1.7B-Q4_K_M.gguf`,
    sha256: 'b139949c5bd74937ad8ed8c8cf3d9ffb1e99c866c823204dc42c0d91fa181897',
  },
  {
    name: 'qwen3-4b',
    gives: 'Qwen3 4B Instruct 2507: for eight cores or a GPU; the best of these to talk with',
    bytes: 2_497_281_120,
    memoryMb: 3700,
    licence: 'Apache-2.0',
    address: `${HUB}/unsloth/Qwen3-4B-Instruct-2507-GGUF/resolve/a06e946bb6b655725eafa393f4a9745d460374c9/Qwen3-4B-Instruct-2507-Q4_K_M.gguf`,
    sha256: '3605803b982cb64aead44f6c1b2ae36e3acdb41d8e46c8a94c6533bc4c67e597',
  },
];
