/** What a portrait is not to be, for generators that can be told. */
export const AVOIDED = 'several people, profile, looking away, cropped head, covered face, sunglasses, text, frame';
