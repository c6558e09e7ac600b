import { at } from '../place/at.ts';

/** What the package's script leaves behind: it is no module. */
type Segmentation = {
  setOptions(options: { modelSelection: number }): void;
  onResults(listener: (results: { segmentationMask: CanvasImageSource }) => void): void;
  initialize(): Promise<void>;
  send(inputs: { image: HTMLCanvasElement }): Promise<void>;
  close(): Promise<void>;
};
type Loaded = { SelfieSegmentation?: new (options: { locateFile(file: string): string }) => Segmentation };

/** The model for pictures that are wider than high. */
const LANDSCAPE = 1;

/** Tells people from what is behind them. */
export type Engine = {
  /** Where the people of a picture are: opaque where there is somebody. */
  maskOf(picture: HTMLCanvasElement): Promise<CanvasImageSource>;
  close(): void;
};

const addressOf = (file: string) => at(`/blur/${file}`);

let script: Promise<void> | undefined;
const loadScript = (): Promise<void> => {
  script ??= new Promise((resolve, reject) => {
    const element = document.createElement('script');
    element.src = addressOf('selfie_segmentation.js');
    element.onload = () => resolve();
    element.onerror = () => {
      // The next try fetches it again.
      script = undefined;
      element.remove();
      reject(new Error('the engine could not be loaded'));
    };
    document.head.append(element);
  });
  return script;
};

/** Fetches model and engine from the page's own server. Rejects where they cannot be had, or do not run here. */
export async function openEngine(): Promise<Engine> {
  await loadScript();
  const { SelfieSegmentation } = globalThis as Loaded;
  if (SelfieSegmentation === undefined) throw new Error('the engine is not what it should be');
  const segmentation = new SelfieSegmentation({ locateFile: addressOf });
  let mask: CanvasImageSource | undefined;
  segmentation.setOptions({ modelSelection: LANDSCAPE });
  segmentation.onResults(({ segmentationMask }) => {
    mask = segmentationMask;
  });
  await segmentation.initialize();
  return {
    async maskOf(picture) {
      await segmentation.send({ image: picture });
      if (mask === undefined) throw new Error('there is no mask');
      return mask;
    },
    close: () => void segmentation.close().catch(() => {}),
  };
}
