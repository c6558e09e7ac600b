"""Where the people are: one function each, light of a wide room far out of focus, the square frame in its middle. CC0-1.0."""
import numpy as np
from scipy.ndimage import gaussian_filter
from finish import lin

class Place:
    """a wall to paint on; x runs from 0 to 1 over the square frame and beyond it in a wider one, y downwards"""
    def __init__(self, size, aspect, left, right, fall=.5):
        width = int(round(size * aspect / 2)) * 2; self.size = size
        self.y, self.x = np.mgrid[0:size, 0:width].astype(np.float32) / size; self.x -= (width / size - 1) / 2
        self.c = np.ones((size, width, 3), np.float32) * lin(left)
        self.c += (lin(right) - self.c) * np.clip((self.x - .15) / .6, 0, 1)[..., None]
        self.c *= (1.12 - fall * self.y)[..., None]

    def paint(self, where, colour, share=1.0, gain=1.0):
        m = where.astype(np.float32)[..., None] * share; self.c = self.c * (1 - m) + lin(colour) * gain * m

    def box(self, x0, y0, x1, y1, colour, share=1.0, gain=1.0):
        self.paint((self.x > x0) & (self.x < x1) & (self.y > y0) & (self.y < y1), colour, share, gain)

    def disc(self, x, y, r, colour, share=1.0, gain=1.0, tall=1.0):
        self.paint((self.x - x) ** 2 + ((self.y - y) / tall) ** 2 < r * r, colour, share, gain)

    def leaves(self, x, y, r, colours, n=26, tall=1.5, seed=5):
        rng = np.random.default_rng(seed)
        for k in range(n):
            a = rng.uniform(0, 6.28); q = rng.uniform(0, r)
            self.disc(x + q * np.cos(a), y + tall * q * np.sin(a), rng.uniform(.25, .6) * r, colours[k % len(colours)])

    def books(self, x0, x1, y0, step, rows, wood, colours, seed=5, fill=.8):
        rng = np.random.default_rng(seed)
        for r in range(rows):
            y1 = y0 + r * step; x = x0 + .015; self.box(x0, y1, x1, y1 + .012, wood)
            while x < x1 - .02:
                wide, high = rng.uniform(.014, .034), rng.uniform(.45, .78) * step
                if rng.random() < fill: self.box(x, y1 - high, x + wide, y1, colours[rng.integers(len(colours))])
                x += wide + rng.uniform(0, .01)

    def soften(self, by=.020):
        self.c = np.stack([gaussian_filter(self.c[..., k], self.size * by) for k in range(3)], -1)

    def lamps(self, lamps, colour="FFD9A0"):
        """lights out of focus: x, y, radius, strength"""
        for x, y, r, a in lamps:
            d = np.sqrt((self.x - x) ** 2 + (self.y - y) ** 2); m = np.clip((r - d) * self.size / 2.5 / max(1, self.size / 400), 0, 1)
            self.c += lin(colour) * (m * a * (.75 + .35 * (d / r).clip(0, 1)))[..., None] * .55

    def glow(self, x, y, spread, share, colour="FFE3BE"):
        self.c += lin(colour) * (np.exp(-((self.x - x) ** 2 + (self.y - y) ** 2) / spread) * share)[..., None]

    def done(self, vignette=.30):
        v = 1 - vignette * (((self.x - .5) ** 2 + (self.y - .45) ** 2) / .5); return self.c * v[..., None] * .92

def sarah(size, aspect=1.0):
    """a soft studio office: window light at the left, a warm wall, shelves, a plant, lamps"""
    p = Place(size, aspect, "8FA3A8", "C9B9A2")
    for x0, y0, x1, y1, c in ((-.6, -.1, .20, .72, "F4F3EA"), (-.215, -.1, -.20, .72, "B9C4C6"), (.055, -.1, .07, .72, "B9C4C6"), (-.6, .30, .20, .315, "B9C4C6"),
                              (.20, -.1, .225, .75, "7F8E90"), (-.6, .72, .26, 1.1, "6E7472"), (.76, .10, 1.6, .80, "8A6F5A")): p.box(x0, y0, x1, y1, c)
    rng = np.random.default_rng(5); cols = ["3E6B74", "C98A5A", "E5D8C0", "A8503F", "486048", "D9B36C", "5C5470", "B7C2BE"]
    for r in range(4):
        y1 = .26 + r * .175; x = .775; p.box(.76, y1, 1.6, y1 + .012, "C7A684")
        while x < 1.45:
            wide = rng.uniform(.014, .034); high = rng.uniform(.08, .135)
            if rng.random() < .8: p.box(x, y1 - high, x + wide, y1, cols[rng.integers(len(cols))])
            x += wide + rng.uniform(0, .01)
    for k in range(26):
        a = rng.uniform(0, 6.28); q = rng.uniform(0, .075)
        p.disc(.235 + q * np.cos(a), .60 + 1.5 * q * np.sin(a), rng.uniform(.02, .045), ["4F7F52", "6FA066", "3B6747", "8DB97A"][k % 4])
    p.box(.205, .70, .27, .80, "C77E5E"); p.soften()
    p.lamps(((.66, .10, .030, .55), (.73, .17, .022, .42), (.90, .06, .034, .5), (.33, .085, .024, .35), (.60, .205, .015, .3)))
    p.glow(.10, .18, .10, .30); return p.done()

GREENS = ["5E8F4E", "86B566", "3F6E45", "A9CC82", "6FA05A"]
def june(size, aspect=1.0):
    """a kitchen with a window to the garden: morning light, herbs on the sill, a shelf with jars, a kettle"""
    p = Place(size, aspect, "E8D3AE", "D6AE84", .42)
    p.box(-.7, -.1, .30, .60, "F6F3E2"); p.box(-.7, -.1, .285, .585, "CFE6E4", gain=1.15); p.box(-.7, .25, .285, .585, "BFDDA0")
    for k, x in enumerate((-.55, -.34, -.16, .02, .16, .25)): p.leaves(x, .33 + .05 * (k % 3), .12, GREENS, seed=k)
    for x, y, c in ((-.42, .44, "F2A7B5"), (-.05, .47, "F7D768"), (.10, .43, "F2A7B5"), (.20, .49, "F4F0E4"), (-.25, .49, "F7D768"), (.235, .40, "E98C9E")): p.disc(x, y, .022, c)
    for x in (-.32, -.02): p.box(x, -.1, x + .018, .60, "FBF8EC")
    p.box(-.7, .235, .30, .250, "FBF8EC"); p.box(-.7, .585, .335, .625, "F8F0DE")
    for x, c in ((.05, "C97B54"), (.20, "D9C6A4")): p.box(x, .515, x + .075, .590, c); p.leaves(x + .037, .49, .055, GREENS, n=16, tall=1.1, seed=int(x * 90))
    p.paint((p.x > .255) & (p.x < .36 + .05 * p.y) & (p.y < .62), "F3DCC0"); p.box(.285, -.1, .295, .62, "E4C3A0"); p.box(.325, -.1, .335, .62, "E4C3A0")
    for y in (.22, .44): p.box(.68, y, 1.7, y + .020, "A9713F")
    for i, (x, c) in enumerate(((.72, "E9DCC0"), (.80, "B5533C"), (.88, "8FA89A"), (.96, "E2B65A"), (1.04, "F1E7D4"), (1.16, "7E97A3"), (1.28, "C98A5A"), (1.4, "E9DCC0"))):
        p.box(x, .22 - .085 - .02 * (i % 3), x + .058, .22, c); p.box(x + .006, .22 - .10 - .02 * (i % 3), x + .052, .22 - .083 - .02 * (i % 3), "8A5A38")
    for x, r, c in ((.74, .035, "5E86A0"), (.83, .030, "F1E7D4"), (.91, .035, "D8845E"), (1.0, .030, "5E86A0"), (1.12, .035, "F1E7D4"), (1.3, .035, "D8845E")): p.disc(x, .405, r, c)
    p.box(-.7, .76, 1.7, 1.1, "B98A5C"); p.box(-.7, .75, 1.7, .772, "E9D2A8"); p.disc(.885, .685, .075, "C2553E", tall=.95); p.box(.872, .595, .898, .625, "3B2C24")
    p.disc(.14, .735, .05, "E7A23C", tall=.7); p.disc(.075, .74, .042, "D8803A", tall=.8); p.soften(.017)
    p.lamps(((.62, .09, .026, .45), (.56, .17, .016, .30), (.94, .55, .018, .28), (.05, .12, .030, .25), (.17, .20, .022, .25)), "FFE2A8")
    p.glow(.08, .20, .14, .34, "FFEBC0"); return p.done(.26)

def leo(size, aspect=1.0):
    """a study in the evening: a wall of books, a reading lamp, a window with the last light, a globe"""
    p = Place(size, aspect, "2F4A4E", "3A4A48", .35)
    cols = ["7A3B30", "B98A4A", "2E5560", "D8C9A6", "54683F", "8C5A3A", "3E4A6A", "A7A08C", "C26A45"]
    p.box(.64, -.1, 1.8, .93, "4A3526"); p.books(.65, 1.75, .14, .185, 5, "7C583A", cols, seed=11, fill=.9)
    for x in (.965, 1.30): p.box(x, -.1, x + .016, .93, "6B4A30")
    p.box(-.8, -.1, .235, .66, "35525A"); p.box(-.8, -.1, .215, .645, "7FA7B8", gain=1.0); p.paint((p.x < .215) & (p.y > .28) & (p.y < .645), "E8B98A", .55); p.paint((p.x < .215) & (p.y > .44) & (p.y < .645), "EFA873", .6)
    for k, x in enumerate((-.45, -.2, .0, .15)): p.leaves(x, .56, .085, ["31483F", "3E5A48", "2A3D3A"], n=14, tall=.9, seed=k + 20)
    for x in (-.30, -.02): p.box(x, -.1, x + .016, .66, "2B4046")
    p.box(-.8, .22, .235, .234, "2B4046"); p.box(-.8, .645, .26, .672, "54402F")
    p.box(-.8, .80, 1.8, 1.1, "4B3424"); p.box(-.8, .79, 1.8, .808, "8A6140"); p.disc(.145, .735, .062, "4E7F8C"); p.disc(.135, .725, .030, "9DA26A", .8); p.box(.135, .79, .155, .81, "B98A4A")
    p.paint((np.abs(p.x - .555 - .0) < .05 + .32 * (p.y - .10)) & (p.y > .10) & (p.y < .20), "FFDDA0", 1, 1.5) if False else None
    p.soften(.018)
    p.lamps(((.70, .075, .026, .40), (.80, .30, .018, .30), (.30, .10, .022, .30), (.92, .50, .024, .35), (.36, .22, .014, .25), (.60, .05, .018, .28)), "FFC983")
    p.glow(.90, .30, .12, .30, "FFB866"); p.glow(.05, .40, .10, .22, "FFC79A"); return p.done(.34)
