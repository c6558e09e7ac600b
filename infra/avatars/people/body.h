// The body under the clothes, the whole figure, and how open to light its points are. CC0-1.0.
#pragma once
static float bodybase(V p) {
  V a={fabsf(p.x)/FACE.shoulders,p.y,p.z};
  float d=cone(a,{.36f,-1.66f,-.22f},{.93f,-1.98f,-.25f},.26f,.29f);
  d=smin(d,ell({a.x,p.y,p.z},{0,-2.2f,-.18f},{.86f,.72f,.47f}),.30f);
  d=smin(d,cone(a,{.95f,-2.0f,-.25f},{1.16f,-3.0f,-.15f},.28f,.25f),.20f);
  return d; }
static float necksdf(V p) {
  V a={fabsf(p.x),p.y,p.z};
  float d=cone(p,{0,-.55f,-.10f},{0,-1.50f,-.20f},FACE.neck,FACE.neck+.017f);
  d=smin(d,cone(a,{.16f,-1.36f,-.24f},{.66f,-1.72f,-.26f},.14f,.16f),.30f);
  d=smin(d,ell(p,{0,-2.15f,-.19f},{.82f,.68f,.43f}),.22f);
  d=smin(d,cone(a,{.055f,-1.545f,.075f},{.50f,-1.49f,-.03f},.030f,.022f),.07f); // collar bones
  return d; }
static Hit bodymap(V p) {
  Hit h={1e9f,SKIN}; float bb=p.y+1.0f; if(bb>.9f){ h.d=bb; return h; }
  h.d=necksdf(p); clothes(p,h); return h; }
static Hit scene(V p) {
  V hp=rotHead(p,false);
  if(bare>0) { V a={fabsf(hp.x),hp.y,hp.z}; return {len(a-EC)-ER,EYE}; } // eyeballs without lids
  Hit h=headmap(hp); Hit b=bodymap(p);
  if(h.m==SKIN&&b.m==SKIN){ Hit r={smin(h.d,b.d,.10f),SKIN}; return r; }
  if(b.m==SKIN&&b.d<h.d){ return b; }
  return h.d<b.d?h:b; }
static float sd(V p){ return scene(p).d; }
static V normal(V p, float e) { V k[4]={{1,-1,-1},{-1,-1,1},{-1,1,-1},{1,1,1}}; V n={0,0,0}; for(auto&v:k) n=n+v*sd(p+v*e); return norm(n); }
static float softshadow(V o, V d, float k, float mx) { float r=1,t=.03f; for(int i=0;i<34&&t<mx;i++){ float h=sd(o+d*t); r=min(r,.5f+.5f*k*h/t); if(r<0) break; t+=clampf(h,.02f,.22f);} r=max(r,0.f); return r*r*(3-2*r); }
static float ao(V p, V n) { float s=0,w8=1; static const float D[6]={.02f,.05f,.10f,.18f,.30f,.46f}; float W=0; for(int i=0;i<6;i++){ float d=sd(p+n*D[i]); float o=sat((D[i]-d)/D[i]); s+=o*w8; W+=w8; w8*=.82f;} return sat(1-s/W*1.05f); }

