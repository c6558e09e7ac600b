"""What people can do with their faces: sets of parameters of the one model (person.h), by the rig's names. CC0-1.0."""

PLAIN = dict(w=.254, smile=.074, cheek=.45, corner=.3)

VISEMES = dict(
    sil={}, PP=dict(press=.8, w=.24, smile=.06),
    FF=dict(up=.034, lo=-.008, tuck=.9, w=.228, smile=.05, jaw=.01),
    TH=dict(up=.020, lo=.034, w=.215, jaw=.02, tongue=.9, smile=.03),
    DD=dict(up=.016, lo=.034, w=.22, jaw=.02, tongue=.7, smile=.04),
    kk=dict(up=.022, lo=.048, w=.225, jaw=.03, smile=.04),
    CH=dict(up=.036, lo=.04, w=.165, prot=.04, jaw=.015, smile=.01),
    SS=dict(up=.012, lo=.020, w=.235, jaw=.008, smile=.05),
    nn=dict(up=.014, lo=.026, w=.222, jaw=.015, tongue=.8, smile=.045),
    RR=dict(up=.03, lo=.038, w=.178, prot=.03, jaw=.02, smile=.02),
    aa=dict(up=.045, lo=.105, w=.235, jaw=.06, smile=.045),
    E=dict(up=.028, lo=.06, w=.248, jaw=.035, smile=.055),
    I=dict(up=.018, lo=.032, w=.255, jaw=.015, smile=.065),
    O=dict(up=.045, lo=.075, w=.155, prot=.045, jaw=.045, smile=.005),
    U=dict(up=.026, lo=.032, w=.13, prot=.06, jaw=.02, lipU=.056, smile=0))
SMILING = ("sil", "PP", "aa", "E", "FF", "I", "O", "SS", "kk", "DD")
SAD = ("sil", "PP", "aa", "E", "FF", "O")

def smiling(pose):
    p = PLAIN | pose
    return p | dict(smile=p["smile"] + .035, w=p["w"] * 1.06, cheek=.9, corner=.6)

def sad(pose):
    p = PLAIN | pose          # corners of a narrow mouth sink less
    return p | dict(smile=p["smile"] - .115 * (p["w"] / PLAIN["w"]) ** 2, w=p["w"] * .90, cheek=.15, corner=.1, lipL=.074)

MOUTHS = VISEMES | {f"{n}_smile": smiling(VISEMES[n]) for n in SMILING} | {f"{n}_sad": sad(VISEMES[n]) for n in SAD} | dict(
    happy=dict(up=.032, lo=.062, jaw=.035, smile=.115, w=.275, cheek=.95, corner=.7),
    angry=dict(smile=-.02, w=.225, press=.5, cheek=.2),
    surprised=dict(up=.045, lo=.085, jaw=.06, w=.15, prot=.04, smile=0, mp=2.1, corner=0, cheek=.2),
    fearful=dict(up=.020, lo=.042, jaw=.02, smile=-.04, w=.225, cheek=.15, corner=.1),
    disgusted=dict(up=.012, lo=.004, smile=-.04, skew=.022, w=.21, lipU=.046, lipL=.074, cheek=.9),
    thinking=dict(smile=.02, skew=.022, w=.215))

FEELINGS = dict(
    happy=dict(cheek=.95, low=.45, brow=.022),
    sad=dict(browIn=.075, browOut=-.035, brow=-.005, lidL=.14, lidR=.14, lidtilt=.6, cheek=.15, browKnit=.5, low=.1),
    angry=dict(browIn=-.075, browOut=.02, browKnit=1, lidtilt=-.7, low=.3, cheek=.2),
    surprised=dict(brow=.058, wide=.55, low=0, cheek=.2),
    fearful=dict(browIn=.07, brow=.03, browKnit=.6, wide=.6, low=0, cheek=.15),
    disgusted=dict(browIn=-.045, browKnit=.7, low=.6, lidL=.12, lidR=.12, cheek=.9),
    thinking=dict(browIn2=.02, brow=.02))

def lowered(pose, share):
    """lids on their way down; nothing else of the feeling changes"""
    p = dict(lidL=0, lidR=0, wide=0, lidtilt=0) | pose
    return p | {k: p[k] + (1 - p[k]) * share for k in ("lidL", "lidR")} | {k: p[k] * (1 - share) for k in ("wide", "lidtilt")}

LIDS = dict(lids_25=.22, lids_50=.45, lids_75=.72, closed=1)
FELT_LIDS = dict(low=.3, lower=.64, closed=1)        # a feeling's own, after its name
UPPERS = dict(neutral={}, raised=dict(brow=.036, wide=.12)) | {n: lowered({}, v) for n, v in LIDS.items()} | FEELINGS | {
    f"{n}_{l}": lowered(p, v) for n, p in FEELINGS.items() for l, v in FELT_LIDS.items()}
LIDS_OVER = {n: "neutral" for n in LIDS} | {f"{n}_{l}": n for n in FEELINGS for l in FELT_LIDS}
