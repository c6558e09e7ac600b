import { loadPrefs, type Prefs, savePrefs } from '../room/prefs.ts';
import { Store } from '../room/store.ts';

/** How captions are shown. */
export type CaptionStyle = Required<NonNullable<Prefs['captionStyle']>>;

export const CAPTION_SIZES = ['small', 'medium', 'large'] as const;
export const CAPTION_PLACES = ['over', 'below'] as const;

/** As chosen last, in this call or an earlier one. */
export const captionStyle = new Store<CaptionStyle>({ size: 'medium', place: 'over', ...loadPrefs().captionStyle });

/** From now on, and in later calls. */
export function styleCaptions(change: Partial<CaptionStyle>): void {
  captionStyle.set({ ...captionStyle.get(), ...change });
  savePrefs({ captionStyle: captionStyle.get() });
}

/** Room for two lines below the pictures, CSS pixels. */
const STRIP_PX: Record<CaptionStyle['size'], number> = { small: 64, medium: 76, large: 104 };
/** What can be read at a glance, in characters: two lines or so. */
const TAIL: Record<CaptionStyle['size'], number> = { small: 160, medium: 140, large: 90 };

/** What captions take away from the pictures. */
export const captionStrip = ({ size, place }: CaptionStyle): number => (place === 'below' ? STRIP_PX[size] : 0);
export const captionLength = ({ size }: CaptionStyle): number => TAIL[size];
