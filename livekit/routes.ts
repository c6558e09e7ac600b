/** Which of a subscriber offer's streams belongs to which of LiveKit's tracks. */

/** Of a room with more tracks than this, the others are not heard [C2]. */
const MOST_LINES = 20_000;

/** By SSRC, the id of the track (`TR_…`) whose packets carry it. */
export function routesIn(sdp: string): Map<number, string> {
  const routes = new Map<number, string>();
  let track: string | undefined;
  let ssrcs: number[] = [];
  const put = () => {
    if (track !== undefined) for (const ssrc of ssrcs) routes.set(ssrc, track);
    [track, ssrcs] = [undefined, []];
  };
  for (const line of sdp.split('\r\n', MOST_LINES)) {
    if (line.startsWith('m=')) put();
    else if (line.startsWith('a=msid:')) track = line.slice('a=msid:'.length).split(' ', 2)[1];
    else if (line.startsWith('a=ssrc:')) ssrcs.push(Number(line.slice('a=ssrc:'.length).split(' ', 1)[0]));
  }
  put();
  return routes;
}
