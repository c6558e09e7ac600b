// What makes one person of the model: measures, colours, and functions for hair and clothes. CC0-1.0.
#pragma once
#include "math.h"
// ------------------------------------------------------------------ what a rig moves: key=value on the command line
static std::map<std::string,float> G;
#define PARAMS(X) \
 X(w,.254f) X(up,0) X(lo,0) X(smile,.074f) X(lipU,.050f) X(lipL,.068f) X(prot,0) X(jaw,0) X(mz,0) X(mp,2.2f) X(skew,0) X(tongue,0) X(tuck,0) X(press,0) \
 X(corner,.3f) X(lidL,0) X(lidR,0) X(low,.18f) X(wide,0) X(lidtilt,0) X(browIn,0) X(browOut,0) X(brow,.010f) X(browIn2,0) X(browKnit,0) X(gx,0) X(gy,0) X(cheek,.45f) X(yaw,0) X(pitch,0) X(roll,0) X(pupil,1) X(bare,0) X(iris,1) X(glint,1)
#define D(n,v) static float n=v;
PARAMS(D)
static void load() {
#define L(n,v) if(G.count(#n)) n=G[#n];
  PARAMS(L) }

static const float ER=.276f; static V EC={.322f,-.005f,.392f};
static const float MY=-.530f;

/** Measures of a head; those of Sarah when nothing else is said. Lengths are in units of the model: a head is two high. */
struct Face {
  V jaw={.415f,.315f,.34f}; float jawY=-.585f;               // the jaw's ellipsoid and its middle
  V chin={.140f,.105f,.12f}; float chinY=-.835f, chinZ=.485f;
  V cheek={.265f,.225f,.245f}; float cheekY=-.255f, cheekX=.36f;
  float middle=.655f;                                        // half the width of the face at the cheeks
  float brow=0;                                              // a ridge over the eyes
  float bridge=.034f, noseY=-.238f, noseX=.082f, nostril=.050f, nostrilX=.080f, noseZ=.088f;
  float lipU=1, lipL=1;                                      // thickness of the lips
  float lidU=.55f, lidL=.445f, hood=0;                       // height of the opening; a fold that hangs over the upper lid
  float lash=1, wing=1, lashOut=0;                                      // strength of the lashes' line; its tip at the outer corner
  float browY=.395f, browX=.130f, browLong=.375f, browHigh=.029f, browArch=.046f, browHairs=0;
  bool ears=false; float earY=-.10f;
  float beard=0;                                             // how thick it is
  float age=0;                                               // depth of wrinkles
  float neck=.245f, shoulders=1;
};
/** Colours and how they lie. */
struct Look {
  V skin, lip, mouthLine, blush, lid, crease, lowLid, brow, lash, hairA, hairB, beard={0,0,0};
  V hairShine={1,1,1};                                       // multiplies the hair's highlights
  V irisA, irisB, irisRim, irisRing, white={1,1,1};
  float flush=1, freckles=1, shadow=1, gloss=.75f, lipShare=.88f, lipGloss=1.5f, spots=0;
};

enum { GOLD=20, FRAME, PEARL, BUTTON, SKIN=0, HAIR, EYE, DARK, BLAZ, SHIRT, TEETH, TONGUE, BROW };
struct Hit { float d; int m; };
static inline void put(Hit&h, float d, int m){ if(d<h.d){h.d=d;h.m=m;} }
/** Edges of the lips at one x: inner and outer ones; `u` -1..1 from corner to corner. */
struct Mo { float yUI,yLI,yUO,yLO,u,mid; };
struct Cloth { V colour; float gloss=.25f, rough=.6f; };
static float bodybase(V p);                                  // shoulders and trunk under the clothes
// the person's own file defines: FACE, LOOK, buildHair, hairMass (what lies under the locks), clothes, cloth, stubble, extras
