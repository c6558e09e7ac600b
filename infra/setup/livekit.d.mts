/** Path of a LiveKit server that runs here, if there is one. */
export function findLiveKit(): string | undefined;
