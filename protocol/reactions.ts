/** What somebody may show without words. The page has it without the schemas. */
export const REACTIONS = ['👍', '❤️', '👏', '😂', '😮', '🎉'] as const;
export type Emoji = (typeof REACTIONS)[number];
