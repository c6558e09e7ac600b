"""Renders the layers of one person's rig:  python3 render.py june OUT   Pictures that are in OUT already are kept. CC0-1.0.
Needs g++ with OpenMP, numpy, scipy and Pillow. The whole frame is rendered once; of every other pose only its window."""
import json, os, subprocess, sys, tempfile
from multiprocessing import Pool
import numpy as np
from PIL import Image
from scipy.ndimage import binary_dilation, binary_erosion, distance_transform_edt, gaussian_filter
HERE = os.path.dirname(os.path.abspath(__file__)); sys.path.insert(0, HERE)
import finish as F
import places
import poses as P

SIZE = 896                              # of the frame; every pixel is two by two samples
HAIR, EYE = 2, 3                        # numbers of materials
LID_ROWS = (264, 412)
WINDOWS = dict(                         # x, y, width, height
    upper=(236, 176, 424, 260), mouth=(296, 404, 304, 260))
EYES = dict(left=(272, 284, 156, 120), right=(468, 284, 156, 120))
HALF, MIDDLE, CAMERA = 1.6, -.33, (-.10, 9.5)    # half the frame's height and its middle; height and distance of the camera
MARGIN = 24                             # pixels around a window that light scatters in from
SHADE = np.float32([.15, .06, .05])     # what lids cast on the eyes is a veil of this colour
COLUMNS = 41
PROBE = 8                               # samples between those that tell where a pose differs
SCALE = SIZE / 2 / HALF                 # pixels per unit where the frame is

def project(x, y, z):
    k = CAMERA[1] / (CAMERA[1] - z)
    return SIZE / 2 + x * k * SCALE, SIZE / 2 - (CAMERA[0] + (y - CAMERA[0]) * k - MIDDLE) * SCALE

def trace(exe, pose, window, kept=None):
    """samples of a window: light, colour, shine, skin, depth, material + 1"""
    x, y, w, h = window; S = SIZE * 2; ends = dict(x0=x, x1=x + w, y0=y, y1=y + h)
    with tempfile.TemporaryDirectory() as d:
        raw = os.path.join(d, "raw")
        args = [f"{k}={v}" for k, v in pose.items()] + [f"{k}={(2 * v + .25) / S:.9f}" for k, v in ends.items()]
        if kept is not None: kept.astype(np.uint8).tofile(raw + ".kept"); args.append(f"keep={raw}.kept")
        subprocess.run([exe, f"size={S}", f"out={raw}", "iris=0", "glint=0", *args], check=True)
        size = np.fromfile(raw, np.int32, 2); return np.fromfile(raw, np.float32, offset=8).reshape(size[1], size[0], 12)

def save(rgba, *name):
    path = os.path.join(OUT, *name) + ".png"; os.makedirs(os.path.dirname(path), exist_ok=True)
    Image.fromarray(F.u8(rgba)).save(path); print(*name, flush=True)

def cut(samples, window, by=0):
    x, y, w, h = window; return samples[2 * (y - by):2 * (y + h + by), 2 * (x - by):2 * (x + w + by)]

def eyeballs():
    """both eyes without lids: the whites, the irises, their reflections"""
    window = WINDOWS["upper"]; whole = trace(EXE, dict(bare=1), window)
    np.save(os.path.join(OUT, "whites.npy"), F.display(flat(whole), SIZE * 2))
    irises = trace(EXE, dict(bare=1, iris=1), window); parts = {}
    ramp = lambda a, b, v: (lambda t: t * t * (3 - 2 * t))(np.clip((v - a) / (b - a), 0, 1))
    for side, rect in EYES.items():
        at = (rect[0] - window[0], rect[1] - window[1], *rect[2:]); a, i = cut(whole, at), cut(irises, at)
        save(F.halve(F.display(flat(a), SIZE * 2), np.ones(a.shape[:2], np.float32)), "eyes", f"{side}_white")
        layers = dict(iris=(F.display(flat(i), SIZE * 2), (i[..., 11] > 0) * (1 - ramp(.955, 1.03, i[..., 9]))), glint=(np.float32([1, .99, .97]), i[..., 10]))
        for name, (colour, alpha) in layers.items():
            rgba = F.halve(np.broadcast_to(colour, (*alpha.shape, 3)), alpha); ys, xs = np.nonzero(rgba[..., 3] > .004)
            x0, x1, y0, y1 = xs.min() // 4 * 4, -(-(xs.max() + 1) // 4) * 4, ys.min() // 4 * 4, -(-(ys.max() + 1) // 4) * 4
            save(rgba[y0:y1, x0:x1], "eyes", f"{side}_{name}")
            parts[f"{side}_{name}"] = [int(v) for v in (rect[0] + x0, rect[1] + y0, x1 - x0, y1 - y0)]
    return parts

def flat(a):
    """eyeballs have no skin, and no depth that counts; beside them their rim goes on"""
    a = a.copy(); none = a[..., 11] == 0
    if none.any():
        near = distance_transform_edt(none, return_distances=False, return_indices=True); a = a[tuple(near)]
    a[..., 9:11] = 0; return a

def moved(pose, window, still):
    """where a pose differs from the face at rest: found by one sample in 64, and then some room around"""
    few = np.ones(still.shape[:2], bool); at = np.s_[3::PROBE, 3::PROBE]; few[at] = False
    found = trace(EXE, pose, window, few)[at]; known = still[at]
    other = (np.abs(found[..., :9] - known[..., :9]).max(-1) > .004) | (found[..., 11] != known[..., 11])
    other = np.kron(binary_dilation(other, iterations=2, structure=np.ones((3, 3))), np.ones((PROBE, PROBE), bool))
    return np.pad(other, [(0, max(0, n - k)) for n, k in zip(few.shape, other.shape)], mode="edge")[:few.shape[0], :few.shape[1]]

def patch(job):
    """a pose of one window, open where the eyes are and beside the head; of lids only their rows, laid over the face that they belong to"""
    kind, name, pose = job; window = whole = WINDOWS[kind]; over = P.LIDS_OVER.get(name) if kind == "upper" else None
    if os.path.exists(os.path.join(OUT, kind, name + ".png")): return
    if over: window = (whole[0], LID_ROWS[0], whole[2], LID_ROWS[1] - LID_ROWS[0])
    m = 2 * MARGIN; a = cut(np.load(os.path.join(OUT, "body.npy"), mmap_mode="r"), window, MARGIN).copy()
    kept = binary_erosion(a[..., 11] == HAIR, iterations=20, border_value=1)[m:-m, m:-m]      # no face comes there
    kept |= ~moved(pose, window, a[m:-m, m:-m]); new = trace(EXE, pose, window, kept); new[kept] = a[m:-m, m:-m][kept]; a[m:-m, m:-m] = new
    colour = F.display(a, SIZE * 2)[m:-m, m:-m]; alpha = (a[m:-m, m:-m][..., 11] > 0).astype(np.float32)
    if kind == "upper":
        at = (window[0] - whole[0], window[1] - whole[1], *window[2:])
        ball = cut(np.load(os.path.join(OUT, "whites.npy")), at).mean(-1); eye = new[..., 11] == EYE
        veil = np.clip((ball - colour.mean(-1)) / (ball - SHADE.mean()), 0, 1)
        alpha = np.where(eye, veil, alpha); colour = np.where(eye[..., None], SHADE, colour)
    rgba = F.halve(colour, alpha)
    if over:
        face = np.asarray(Image.open(os.path.join(OUT, kind, over + ".png")), np.float32) / 255; y0 = window[1] - whole[1]; h = window[3]
        edge = np.minimum(np.arange(h), np.arange(h)[::-1]); share = np.clip((edge - 2) / 10, 0, 1)[:, None, None]
        lids, rgba = rgba, face.copy(); rgba[y0:y0 + h] = face[y0:y0 + h] * (1 - share) + lids * share
    save(rgba, kind, name)

def lips(pose):
    """corners and edges of an opening, in pixels of its window; from the curves of `mouth` in face.h"""
    p = dict(w=.254, smile=.074, up=0, lo=0, skew=0) | pose; y = -.530; x0, y0 = WINDOWS["mouth"][:2]
    reach = .62 + p.get("prot", 0) * .7; place = lambda x, y: (lambda q: (q[0] - x0 - .5, q[1] - y0 - .5))(project(x, y, reach - 1.2 * x * x))
    corner = lambda s: dict(zip("xy", place(s * p["w"], y + p["smile"] * .62 + s * p["skew"])))
    mid = y - .38 * p["smile"] - .005 * (1 - min(1, max(0, (p["up"] + p["lo"]) * 14)))
    return dict(left=corner(-1), right=corner(1), upper=place(0, mid + p["up"])[1], lower=place(0, mid - p["lo"])[1])

def turns(a):
    """how the frame moves with the head, from the depth of its pixels: displacements on a grid, in pixels"""
    a = a[::4, ::4]; n = a.shape[0]; hit = a[..., 11] > 0
    row, column = np.mgrid[0:n, 0:n]; px = ((column * 4 + .5) / (SIZE * 2) * 2 - 1) * HALF; py = (1 - (row * 4 + .5) / (SIZE * 2) * 2) * HALF + MIDDLE
    far = np.sqrt(px ** 2 + (py - CAMERA[0]) ** 2 + CAMERA[1] ** 2); t = np.where(hit, a[..., 10], 0) / far
    x, y, z = px * t, CAMERA[0] + (py - CAMERA[0]) * t, CAMERA[1] - CAMERA[1] * t
    near = distance_transform_edt(~hit, return_distances=False, return_indices=True)
    z = np.where(hit, z, z[tuple(near)]); x = np.where(hit, x, px); y = np.where(hit, y, py)
    smooth = lambda u, v, s: (lambda q: q * q * (3 - 2 * q))(np.clip((s - u) / (v - u), 0, 1))
    share = smooth(-1.62, -.92, y)                                   # the neck gives, the shoulders stay
    border = np.minimum.reduce([row, column, n - 1 - column]) / n; share = share * smooth(0, .12, border)
    pivot = np.array([0, -.80, -.15]); q = np.stack([x, y, z], -1) - pivot
    def turned(yaw=0, pitch=0, roll=0):
        cy, sy, cx, sx, cz, sz = (f(np.radians(v)) for v in (yaw, pitch, roll) for f in (np.cos, np.sin))
        m = np.array([[cz, sz, 0], [-sz, cz, 0], [0, 0, 1]]) @ np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]]) @ np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
        r = q @ m.T + pivot; to = project(r[..., 0], r[..., 1], r[..., 2]); at = project(x, y, z)
        return [(to[k] - at[k]) * share for k in (0, 1)]
    lift = smooth(-1.30, -1.75, y) * smooth(0, .15, np.minimum(column, n - 1 - column) / n)
    fields = dict(yaw_left=turned(yaw=-13), yaw_right=turned(yaw=13), nod_down=turned(pitch=8), nod_up=turned(pitch=-7),
                  tilt_left=turned(roll=-7), tilt_right=turned(roll=7), breathe=[lift * 0, lift * -4.5 - share * 1.2])
    i = np.round(np.linspace(0, n - 1, COLUMNS)).astype(int)
    return {k: np.stack([gaussian_filter(c, n * .014)[np.ix_(i, i)] for c in v], -1).reshape(-1, 2).round(3).tolist() for k, v in fields.items()}

if __name__ == "__main__":
    WHO, OUT = sys.argv[1:]; os.makedirs(OUT, exist_ok=True)
    EXE = os.path.join(OUT, WHO)
    subprocess.run(["g++", "-Ofast", "-march=native", "-fopenmp", f'-DPERSON="{WHO}.h"', "-o", EXE, os.path.join(HERE, "person.cpp")], check=True)
    kept = os.path.join(OUT, "body.npy")
    if not os.path.exists(kept):
        frame = trace(EXE, {}, (0, 0, SIZE, SIZE)); np.save(kept, frame)
        save(F.halve(F.display(frame, SIZE * 2), (frame[..., 11] > 0).astype(np.float32)), "body")
        save(F.grade(F.tone(getattr(places, WHO)(SIZE))), "background")
    sprites = eyeballs()
    with open(os.path.join(OUT, "layers.json"), "w") as f:
        json.dump(dict(size=SIZE, windows=WINDOWS, eyes=EYES, sprites=sprites, uppers=list(P.UPPERS), lips={n: lips(p) for n, p in P.MOUTHS.items()},
                       columns=COLUMNS, shapes=turns(np.load(kept, mmap_mode="r"))), f)
    os.environ["OMP_NUM_THREADS"] = "1"; faces = [n for n in P.UPPERS if n not in P.LIDS_OVER]
    jobs = [("upper", n, P.UPPERS[n]) for n in faces] + [("mouth", n, p) for n, p in P.MOUTHS.items()]
    with Pool(2) as pool:
        pool.map(patch, jobs, chunksize=1)
        pool.map(patch, [("upper", n, P.UPPERS[n]) for n in P.LIDS_OVER], chunksize=1)      # laid over the others
