// Hair as sculpted locks: flat, lens-shaped, grooved, tapered. CC0-1.0.
#pragma once
#include "math.h"
static const int LN=61, LC_=12; // points of a lock; segments of a chunk
struct Lock { int n; V p[LN],N[LN],B[LN]; float rn[LN],rb[LN]; V lo,hi,clo[5],chi[5]; float groove,ph,tone; };
static std::vector<Lock> H;
static V catmull(const std::vector<V>&c, float t) { int n=c.size()-1; float f=t*n; int i=min((int)f,n-1); f-=i;
  V a=c[max(i-1,0)],b=c[i],d=c[i+1],e=c[min(i+2,n)];
  return (b*2+(d-a)*f+(a*2-b*5+d*4-e)*(f*f)+(b*3-a-d*3+e)*(f*f*f))*.5f; }
static void addLock(std::vector<V> c, float wid, float thick, float rootw, float tipw, float groove, float tone, V centre, int smooth=22) {
  Lock k; k.n=LN; k.groove=groove; k.tone=tone; k.ph=hash(H.size()+3.f)*6.28f; k.lo={9,9,9}; k.hi={-9,-9,-9};
  for(int i=0;i<k.n;i++){ float t=i/(float)(k.n-1); k.p[i]=catmull(c,t);
    float env=mixf(rootw,1,sstep(0,.30f,t))*mixf(1,tipw,powf(sstep(.55f,1.f,t),1.3f)); k.rb[i]=wid*env; k.rn[i]=thick*mixf(.55f,1,sstep(0,.25f,t))*mixf(1,max(tipw,.12f),sstep(.55f,1,t)); }
  for(int it=0;it<smooth;it++){ V o[LN]; for(int i=0;i<LN;i++) o[i]=k.p[i]; for(int i=1;i<LN-1;i++) k.p[i]=(o[i-1]+o[i]*2+o[i+1])*.25f; }
  for(int i=0;i<k.n;i++){ V T=norm(k.p[min(i+1,k.n-1)]-k.p[max(i-1,0)]); V ce=centre; ce.y=min(ce.y,k.p[i].y); V o=k.p[i]-ce; V N=norm(o-T*dot(o,T)); k.N[i]=N; k.B[i]=norm(cross(T,N));
    float r=k.rb[i]+.02f; k.lo={min(k.lo.x,k.p[i].x-r),min(k.lo.y,k.p[i].y-r),min(k.lo.z,k.p[i].z-r)}; k.hi={max(k.hi.x,k.p[i].x+r),max(k.hi.y,k.p[i].y+r),max(k.hi.z,k.p[i].z+r)}; }
  for(int c=0;c<5;c++){ V lo={9,9,9},hi={-9,-9,-9}; for(int i=c*LC_;i<=c*LC_+LC_;i++){ float r=k.rb[i]+.015f; lo={min(lo.x,k.p[i].x-r),min(lo.y,k.p[i].y-r),min(lo.z,k.p[i].z-r)}; hi={max(hi.x,k.p[i].x+r),max(hi.y,k.p[i].y+r),max(hi.z,k.p[i].z+r)}; } k.clo[c]=lo; k.chi[c]=hi; }
  H.push_back(k); }
static inline float boxd(V p, V lo, V hi) { V d={max(max(lo.x-p.x,p.x-hi.x),0.f),max(max(lo.y-p.y,p.y-hi.y),0.f),max(max(lo.z-p.z,p.z-hi.z),0.f)}; return len(d); }
static const V CC={0,.30f,-.10f}, CR={.765f,.80f,.86f};
static V onSkull(V dir, float e) { V d=norm(dir); float k=1/sqrtf(d.x*d.x/(CR.x*CR.x)+d.y*d.y/(CR.y*CR.y)+d.z*d.z/(CR.z*CR.z)); return CC+d*(k+e); }
static float lockd(const Lock&k, V p, float &tl, float &bb, int &si, V*To=0, float dc=9) {
  float best=1e9; int bi=0; float bh=0;
  for(int c=0;c<5;c++){ float b=boxd(p,k.clo[c],k.chi[c]); if(b>dc+.02f||b*b>best) continue; for(int i=c*LC_;i<c*LC_+LC_;i++){ V a=k.p[i],ab=k.p[i+1]-a; float h=sat(dot(p-a,ab)/dot(ab,ab)); V q=p-a-ab*h; float d=dot(q,q); if(d<best){best=d;bi=i;bh=h;} } }
  if(best>1e8f) return 1e3f;
  V q=p-(k.p[bi]+(k.p[bi+1]-k.p[bi])*bh); V N=mixv(k.N[bi],k.N[bi+1],bh),B=mixv(k.B[bi],k.B[bi+1],bh);
  float rn=mixf(k.rn[bi],k.rn[bi+1],bh),rb=mixf(k.rb[bi],k.rb[bi+1],bh);
  float n=dot(q,N),b=dot(q,B); V rest=q-N*n-B*b; float c=(bi==0&&bh<=0)||(bi==k.n-2&&bh>=1)?len(rest):0.f;
  tl=(bi+bh)/(k.n-1); bb=b/rb; si=bi; if(To){ auto tg=[&](int i){return norm(k.p[min(i+1,k.n-1)]-k.p[max(i-1,0)]);}; *To=norm(mixv(tg(bi),tg(bi+1),bh)); }
  float g=k.groove*rn*(.5f+.5f*cosf(bb*4.6f+k.ph+1.0f*sinf(tl*4+k.ph)))*sat(1.2f-fabsf(bb)) + k.groove*.22f*rn*(.5f+.5f*cosf(bb*10.f+k.ph*2+2*sinf(tl*5)));
  n+= .50f*rn*bb*bb; // lens section: the sides drop
  float A=n/rn,Bq=b/rb,Cq=c/rn; float k0=sqrtf(A*A+Bq*Bq+Cq*Cq),k1=sqrtf(A*A/(rn*rn)+Bq*Bq/(rb*rb)+Cq*Cq/(rn*rn))+1e-6f;
  return k0*(k0-1)/k1+g*.6f; }
// coarse cells know which locks are within REACH of them, and how near: most locks are never looked at
static const int GX=28,GY=32,GZ=22; static const V GO={-1.4f,-1.8f,-1.1f}; static const float GC=.1f, REACH=.6f;
struct Near { int lock; float d; };
static std::vector<Near> CELL[GX*GY*GZ];
static void buildCells() {
  for(int x=0;x<GX;x++)for(int y=0;y<GY;y++)for(int z=0;z<GZ;z++){ V c={GO.x+(x+.5f)*GC,GO.y+(y+.5f)*GC,GO.z+(z+.5f)*GC};
    for(size_t i=0;i<H.size();i++){ float b=9; for(int k=0;k<5;k++) b=min(b,boxd(c,H[i].clo[k],H[i].chi[k])); b=max(0.f,b-GC*.867f); if(b<REACH) CELL[(x*GY+y)*GZ+z].push_back({(int)i,b}); } } }
