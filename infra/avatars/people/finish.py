"""raw buffers -> picture: screen-space subsurface scattering of the skin, background, tone curve, antialiasing by halving. CC0-1.0."""
import numpy as np
from scipy.ndimage import gaussian_filter

def tone(c):
    c = np.maximum(c, 0); k = 0.60
    c = np.where(c < k, c, k + (1 - k) * (1 - np.exp(-(c - k) / (1 - k))))
    return np.where(c <= 0.0031308, c * 12.92, 1.055 * c ** (1 / 2.4) - 0.055)

def lin(h):
    v = np.array([int(h[i:i + 2], 16) for i in (0, 2, 4)]) / 255.0
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4).astype(np.float32)

def background(S, aspect=1.0):
    """a soft studio office: window light at the left, a warm wall, shelves far out of focus, a plant, lamps"""
    W = int(round(S * aspect / 2)) * 2
    y, x = np.mgrid[0:S, 0:W].astype(np.float32) / S; x -= (W / S - 1) / 2       # the square is the middle of a wider room
    c = np.ones((S, W, 3), np.float32) * lin("8FA3A8")
    c += (lin("C9B9A2") - c) * np.clip((x - .15) / .6, 0, 1)[..., None]
    c *= (1.12 - .5 * y)[..., None]
    def box(x0, y0, x1, y1, col, a=1.0):
        nonlocal c
        m = ((x > x0) & (x < x1) & (y > y0) & (y < y1)).astype(np.float32)[..., None] * a
        c = c * (1 - m) + lin(col) * m
    def disc(cx, cy, r, col, a=1.0, gain=1.0):
        nonlocal c
        m = (((x - cx) ** 2 + (y - cy) ** 2) < r * r).astype(np.float32)[..., None] * a
        c = c * (1 - m) + lin(col) * gain * m
    box(-.6, -.1, .20, .72, "F4F3EA"); box(-.215, -.1, -.20, .72, "B9C4C6"); box(.055, -.1, .07, .72, "B9C4C6"); box(-.6, .30, .20, .315, "B9C4C6"); box(.20, -.1, .225, .75, "7F8E90")
    box(-.6, .72, .26, 1.1, "6E7472")
    box(.76, .10, 1.6, .80, "8A6F5A")
    rng = np.random.default_rng(5); cols = ["3E6B74", "C98A5A", "E5D8C0", "A8503F", "486048", "D9B36C", "5C5470", "B7C2BE"]
    for r in range(4):
        y1 = .26 + r * .175; xx = .775
        box(.76, y1, 1.6, y1 + .012, "C7A684")
        while xx < 1.45:
            wd = rng.uniform(.014, .034); hh = rng.uniform(.08, .135)
            if rng.random() < .8: box(xx, y1 - hh, xx + wd, y1, cols[rng.integers(len(cols))])
            xx += wd + rng.uniform(0, .01)
    for k in range(26):
        a = rng.uniform(0, 6.28); rr = rng.uniform(0, .075); disc(.235 + rr * np.cos(a), .60 + 1.5 * rr * np.sin(a), rng.uniform(.02, .045), ["4F7F52", "6FA066", "3B6747", "8DB97A"][k % 4])
    box(.205, .70, .27, .80, "C77E5E")
    c = np.stack([gaussian_filter(c[..., k], S * .020) for k in range(3)], -1)
    for (cx, cy, r, a) in ((.66, .10, .030, .55), (.73, .17, .022, .42), (.90, .06, .034, .5), (.33, .085, .024, .35), (.60, .205, .015, .3)):
        d = np.sqrt((x - cx) ** 2 + (y - cy) ** 2); m = np.clip((r - d) * S / 2.5 / max(1, S / 400), 0, 1) * a * (.75 + .35 * (d / r).clip(0, 1))
        c += lin("FFD9A0") * m[..., None] * .55
    c += lin("FFE3BE") * (np.exp(-((x - .10) ** 2 + (y - .18) ** 2) / .10) * .30)[..., None]      # window's glow
    v = 1 - .30 * (((x - .5) ** 2 + (y - .45) ** 2) / .5); return c * v[..., None] * .92

def scatter(L, valid, depth, sig, zs=.05):
    """blurs each channel by its own width, within one surface"""
    n = int(np.ceil(2.2 * max(sig))); wide = np.float32(sig)
    for ax in (0, 1):
        acc = np.zeros_like(L); ws = np.full_like(L, 1e-6)
        for o in range(-n, n + 1):
            near = np.roll(valid, o, ax) * np.exp(-((np.roll(depth, o, ax) - depth) / zs) ** 2)
            w = near[..., None] * np.exp(-o * o / (2 * wide * wide), dtype=np.float32)
            acc += w * np.roll(L, o, ax); ws += w
        L = acc / ws
    return L

def u8(c): return (np.clip(c, 0, 1) * 255 + .5).astype(np.uint8)

def grade(c):
    """a little contrast and saturation"""
    c = (c + .06 * (c - .5) * (1 - np.abs(2 * c - 1))).clip(0, 1); g = c.mean(-1, keepdims=True)
    return (g + (c - g) * 1.06).clip(0, 1)

def display(a, full):
    """samples of the renderer -> display colours, straight; `full` is the whole frame's width in samples"""
    irr, alb, spec, dep = a[..., :3], a[..., 3:6], a[..., 6:9], a[..., 10]
    skin = (a[..., 11] == 1).astype(np.float32); k = full / 1024.0
    b = scatter(irr, skin, dep, (9 * k, 5 * k, 3.6 * k))
    irr = np.where(skin[..., None] > 0, irr * .38 + b * .62, irr)
    rgb = np.minimum((alb * irr + spec) * 1.07 * (a[..., 11:] > 0), 3)
    lum = rgb @ np.float32([.25, .6, .15]); glow = rgb * np.clip(lum - .80, 0, 1)[..., None]
    rgb = rgb + .30 * np.stack([gaussian_filter(glow[..., c], full * .007) for c in range(3)], -1)
    return grade(tone(rgb))

def halve(colour, alpha):
    """samples -> pixels of straight RGBA"""
    down = lambda z: z.reshape(z.shape[0] // 2, 2, z.shape[1] // 2, 2, -1).mean((1, 3))
    a = down(alpha[..., None]); c = down(colour * alpha[..., None])
    return np.concatenate([np.where(a > 1e-3, c / np.maximum(a, 1e-3), 0), a], -1)
