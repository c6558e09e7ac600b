"""raw buffers -> picture: screen-space subsurface scattering of the skin, tone curve, antialiasing by halving. CC0-1.0."""
import numpy as np
from scipy.ndimage import gaussian_filter

def tone(c):
    c = np.maximum(c, 0); k = 0.60
    c = np.where(c < k, c, k + (1 - k) * (1 - np.exp(-(c - k) / (1 - k))))
    return np.where(c <= 0.0031308, c * 12.92, 1.055 * c ** (1 / 2.4) - 0.055)

def lin(h):
    v = np.array([int(h[i:i + 2], 16) for i in (0, 2, 4)]) / 255.0
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4).astype(np.float32)

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
