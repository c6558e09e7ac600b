/** How far the corners of the mouth are from its middle, from sad to glad. */
const CORNERS = [4, 2, 0, -2.5, -4.5] as const;

/** A face for so many stars; drawn, because not every device has each of them among its letters. */
export function StarFace({ stars }: { stars: number }) {
  const corner = CORNERS[stars - 1] ?? 0;
  const y = 15.2 + corner / 2;
  return (
    <svg
      viewBox="0 0 24 24"
      width="34"
      height="34"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      aria-hidden="true"
      focusable="false"
    >
      <circle cx="12" cy="12" r="9.2" />
      <path d="M8.8 9.6v.4M15.2 9.6v.4" strokeWidth="2.2" />
      <path d={`M7.8 ${y}Q12 ${y - 2 * corner} 16.2 ${y}`} />
    </svg>
  );
}
