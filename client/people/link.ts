/** The address of a room for somebody else: without one's own name, choices or invitation. `base` is where the page stands. */
export const inviteLink = (origin: string, base: string, room: string): string =>
  `${origin}${base}r/${encodeURIComponent(room)}`;
