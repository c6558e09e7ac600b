import { encode } from 'uqr';

/** Light modules around the code, as readers need them (ISO/IEC 18004). */
const BORDER = 4;

/** A text as a QR code, dark on light whatever the page's colours are. */
export function Qr({ text, label }: { text: string; label: string }) {
  const { size, data } = encode(text, { border: BORDER });
  const dark = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={dark.join('')} fill="#000" />
    </svg>
  );
}
