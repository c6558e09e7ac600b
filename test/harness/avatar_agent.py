"""An agent of LiveKit's own framework that has an avatar speak for it: says a sentence, then a long one that it cuts short.

Asked with: python avatar_agent.py URL TOKEN AVATAR FILE (16-bit mono PCM at 24 kHz). Says what it was told as lines of JSON.
"""

import asyncio
import json
import os
import sys
import time

from livekit import rtc
from livekit.agents.voice.avatar import DataStreamAudioOutput

RATE = 24000


def tell(event: str, **more: object) -> None:
    print(json.dumps({"event": event, "at": time.time(), **more}), flush=True)


async def main(url: str, token: str, avatar: str, file: str) -> None:
    room = rtc.Room()
    await room.connect(url, token)
    out = DataStreamAudioOutput(
        room,
        destination_identity=avatar,
        sample_rate=RATE,
        wait_remote_track=rtc.TrackKind.KIND_VIDEO,
        wait_playback_start=True,
    )
    out.on("playback_started", lambda event: tell("started"))
    out.on(
        "playback_finished",
        lambda event: tell("finished", position=event.playback_position, interrupted=event.interrupted),
    )
    with open(file, "rb") as sound:
        pcm = sound.read()

    async def say(times: int) -> None:
        for _ in range(times):
            for at in range(0, len(pcm), RATE // 5):
                piece = pcm[at : at + RATE // 5]
                await out.capture_frame(rtc.AudioFrame(piece, RATE, 1, len(piece) // 2))
        out.flush()

    await say(1)
    whole = await out.wait_for_playout()
    tell("played", position=whole.playback_position, interrupted=whole.interrupted, seconds=len(pcm) / 2 / RATE)
    tell("pushing")
    await say(5)
    await asyncio.sleep(2.5)
    tell("clearing")
    out.clear_buffer()
    cut = await out.wait_for_playout()
    tell("cut", position=cut.playback_position, interrupted=cut.interrupted)
    await asyncio.sleep(1)
    await room.disconnect()


asyncio.run(main(*sys.argv[1:]))
# Its native part does not survive the interpreter's end.
os._exit(0)
