// Sarah, a stylised woman as a signed distance field, sphere-traced on the CPU. CC0-1.0.
// x right (viewer's), y up, z towards the camera. Everything that a rig moves is a key=value on the command line.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>
#include <map>
#include <algorithm>
using std::min; using std::max;
struct V { float x, y, z; };
static inline V operator+(V a, V b) { return {a.x+b.x, a.y+b.y, a.z+b.z}; }
static inline V operator-(V a, V b) { return {a.x-b.x, a.y-b.y, a.z-b.z}; }
static inline V operator*(V a, float s) { return {a.x*s, a.y*s, a.z*s}; }
static inline V operator*(V a, V b) { return {a.x*b.x, a.y*b.y, a.z*b.z}; }
static inline float dot(V a, V b) { return a.x*b.x+a.y*b.y+a.z*b.z; }
static inline float len(V a) { return sqrtf(dot(a,a)); }
static inline V norm(V a) { return a*(1.f/(len(a)+1e-9f)); }
static inline V cross(V a, V b) { return {a.y*b.z-a.z*b.y, a.z*b.x-a.x*b.z, a.x*b.y-a.y*b.x}; }
static inline float clampf(float x, float a, float b) { return x<a?a:x>b?b:x; }
static inline float sat(float x) { return clampf(x,0,1); }
static inline float mixf(float a, float b, float t) { return a+(b-a)*t; }
static inline V mixv(V a, V b, float t) { return a+(b-a)*t; }
static inline float sstep(float a, float b, float x) { float t=sat((x-a)/(b-a)); return t*t*(3-2*t); }
static inline float smin(float a, float b, float k) { float h=max(k-fabsf(a-b),0.f)/k; return min(a,b)-h*h*k*0.25f; }
static inline float smax(float a, float b, float k) { return -smin(-a,-b,k); }
static inline float gauss(float x, float s) { return expf(-(x*x)/(s*s)); }
static inline float ell(V p, V c, V r) {
  V q=p-c; V a={q.x/r.x,q.y/r.y,q.z/r.z}; V b={a.x/r.x,a.y/r.y,a.z/r.z};
  float k0=len(a), k1=len(b)+1e-6f; return k0*(k0-1)/k1; }
static inline float cone(V p, V a, V b, float ra, float rb) { V ab=b-a; float h=sat(dot(p-a,ab)/dot(ab,ab)); return len(p-a-ab*h)-mixf(ra,rb,h); }
static float hash(float n) { float s=sinf(n*127.1f)*43758.547f; return s-floorf(s); }
static float noise3(V p) { // value noise
  int X=floorf(p.x),Y=floorf(p.y),Z=floorf(p.z); float fx=p.x-X,fy=p.y-Y,fz=p.z-Z; fx=fx*fx*(3-2*fx);fy=fy*fy*(3-2*fy);fz=fz*fz*(3-2*fz);
  auto h=[](int x,int y,int z){unsigned n=x*73856093u^y*19349663u^z*83492791u; n=(n<<13)^n; n=n*(n*n*15731u+789221u)+1376312589u; return (n&0xffffff)/16777216.f;};
  float r=0; for(int k=0;k<8;k++){int a=k&1,b=k>>1&1,c=k>>2; r+=h(X+a,Y+b,Z+c)*(a?fx:1-fx)*(b?fy:1-fy)*(c?fz:1-fz);} return r; }

// ------------------------------------------------------------------ parameters
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

// ------------------------------------------------------------------ mouth curves
struct Mo { float yUI,yLI,yUO,yLO,u,mid; };
static inline Mo mouth(float x) {
  Mo m; float u=clampf(x/w,-1,1), a=fabsf(u); m.u=u;
  float b=powf(max(1-powf(a,mp),0.f),.62f);
  m.mid=MY+mz+smile*(powf(a,2.1f)-.38f)+skew*u - .005f*gauss(u,.26f)*(1-sat((up+lo)*14));
  m.yUI=m.mid+up*b; m.yLI=m.mid-lo*b;
  float t=max(1-powf(a,2.f),0.f);
  m.yUO=m.yUI+lipU*powf(t,.75f)*(1-.16f*gauss(u,.17f)+.05f*gauss(a-.32f,.2f))*(1-press*.45f);
  m.yLO=m.yLI-lipL*powf(t,.62f)*(1-press*.45f)*(1-.5f*tuck);
  return m; }

// ------------------------------------------------------------------ lids (on the unit sphere of an eye; s=-1 viewer's left)
struct Li { float a,v,tt,vU,vL; };
static inline Li lidc(V q, float r, float s) {
  Li l; l.a=q.x*s/r; l.v=q.y/r; float cx=.02f, hw=.825f; l.tt=(l.a-cx)/hw; float t=clampf(l.tt,-1,1), c=.09f*t+.02f;
  float lid=s<0?lidL:lidR;
  float tu=clampf(t+.06f*(1-t*t),-1,1);
  float oU=c+(.55f+wide*.19f)*powf(1-powf(fabsf(tu),2.3f),.82f)+lidtilt*-.16f*t*(1-t*t);
  float oL=c-(.445f-low*.27f+wide*.04f)*powf(1-powf(fabsf(t),2.2f),.80f)+lidtilt*.03f*t;
  float cl=c-.20f*powf(1-t*t,.8f);
  l.vU=mixf(oU,cl,lid); l.vL=mixf(oL,cl,sstep(.15f,1,lid));
  if(l.vU<l.vL) l.vU=l.vL=.5f*(l.vU+l.vL);
  return l; }

// ------------------------------------------------------------------ hair
static const int LN=61, LC_=12; // points of a lock; segments of a chunk
struct Lock { int n; V p[LN],N[LN],B[LN]; float rn[LN],rb[LN]; V lo,hi,clo[5],chi[5]; float groove,ph,tone; };
static std::vector<Lock> H;
static V catmull(const std::vector<V>&c, float t) { int n=c.size()-1; float f=t*n; int i=min((int)f,n-1); f-=i;
  V a=c[max(i-1,0)],b=c[i],d=c[i+1],e=c[min(i+2,n)];
  return (b*2+(d-a)*f+(a*2-b*5+d*4-e)*(f*f)+(b*3-a-d*3+e)*(f*f*f))*.5f; }
static void addLock(std::vector<V> c, float wid, float thick, float rootw, float tipw, float groove, float tone, V centre) {
  Lock k; k.n=LN; k.groove=groove; k.tone=tone; k.ph=hash(H.size()+3.f)*6.28f; k.lo={9,9,9}; k.hi={-9,-9,-9};
  for(int i=0;i<k.n;i++){ float t=i/(float)(k.n-1); k.p[i]=catmull(c,t);
    float env=mixf(rootw,1,sstep(0,.30f,t))*mixf(1,tipw,powf(sstep(.55f,1.f,t),1.3f)); k.rb[i]=wid*env; k.rn[i]=thick*mixf(.55f,1,sstep(0,.25f,t))*mixf(1,max(tipw,.12f),sstep(.55f,1,t)); }
  for(int it=0;it<22;it++){ V o[LN]; for(int i=0;i<LN;i++) o[i]=k.p[i]; for(int i=1;i<LN-1;i++) k.p[i]=(o[i-1]+o[i]*2+o[i+1])*.25f; }
  for(int i=0;i<k.n;i++){ V T=norm(k.p[min(i+1,k.n-1)]-k.p[max(i-1,0)]); V ce=centre; ce.y=min(ce.y,k.p[i].y); V o=k.p[i]-ce; V N=norm(o-T*dot(o,T)); k.N[i]=N; k.B[i]=norm(cross(T,N));
    float r=k.rb[i]+.02f; k.lo={min(k.lo.x,k.p[i].x-r),min(k.lo.y,k.p[i].y-r),min(k.lo.z,k.p[i].z-r)}; k.hi={max(k.hi.x,k.p[i].x+r),max(k.hi.y,k.p[i].y+r),max(k.hi.z,k.p[i].z+r)}; }
  for(int c=0;c<5;c++){ V lo={9,9,9},hi={-9,-9,-9}; for(int i=c*LC_;i<=c*LC_+LC_;i++){ float r=k.rb[i]+.015f; lo={min(lo.x,k.p[i].x-r),min(lo.y,k.p[i].y-r),min(lo.z,k.p[i].z-r)}; hi={max(hi.x,k.p[i].x+r),max(hi.y,k.p[i].y+r),max(hi.z,k.p[i].z+r)}; } k.clo[c]=lo; k.chi[c]=hi; }
  H.push_back(k); }
static inline float boxd(V p, V lo, V hi) { V d={max(max(lo.x-p.x,p.x-hi.x),0.f),max(max(lo.y-p.y,p.y-hi.y),0.f),max(max(lo.z-p.z,p.z-hi.z),0.f)}; return len(d); }
static const V CC={0,.30f,-.10f}, CR={.765f,.80f,.86f};
static V onSkull(V dir, float e) { V d=norm(dir); float k=1/sqrtf(d.x*d.x/(CR.x*CR.x)+d.y*d.y/(CR.y*CR.y)+d.z*d.z/(CR.z*CR.z)); return CC+d*(k+e); }
#include "hair.h"

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
// how near each lock can be to any point of a coarse cell: most locks are skipped by one comparison
static const int GX=28,GY=32,GZ=22; static const V GO={-1.4f,-1.8f,-1.1f}; static const float GC=.1f; static std::vector<float> LB;
static void buildCells() { size_t n=H.size(); LB.assign((size_t)GX*GY*GZ*n,0);
  for(int x=0;x<GX;x++)for(int y=0;y<GY;y++)for(int z=0;z<GZ;z++){ V c={GO.x+(x+.5f)*GC,GO.y+(y+.5f)*GC,GO.z+(z+.5f)*GC}; for(size_t i=0;i<n;i++){ float b=9; for(int k=0;k<5;k++) b=min(b,boxd(c,H[i].clo[k],H[i].chi[k])); LB[(((size_t)x*GY+y)*GZ+z)*n+i]=max(0.f,b-GC*.867f); } } }
static float hair(V p, int *which) {
  // cap under the locks, cut open for the face
  float cap=ell(p,CC,CR+V{.045f,.045f,.045f});
  float fx=p.x-.0f, hl=.80f-1.0f*fx*fx;                      // hairline over the forehead
  float facecut=smax(p.y-hl,-(p.z-.05f)*.9f,.05f);          // <0 inside the face region
  cap=smax(cap,-facecut,.04f);
  float an=atan2f(p.x,p.z+1.1f); float back=ell(p,{0,-.50f,-.43f},{.80f,1.05f,.46f})+.016f*cosf(an*34+1.6f*sinf(p.y*3.1f+an*3))+.010f*cosf(an*61+2.2f*sinf(p.y*2.3f)); back=smax(back*.8f,-1.27f-p.y-.05f*cosf(an*17),.12f);        // mass behind the neck
  float d=smin(cap,back,.15f); int wi=-1;
  int gx_=floorf((p.x-GO.x)/GC),gy_=floorf((p.y-GO.y)/GC),gz_=floorf((p.z-GO.z)/GC); const float*lb=0;
  if(gx_>=0&&gy_>=0&&gz_>=0&&gx_<GX&&gy_<GY&&gz_<GZ) lb=&LB[(((size_t)gx_*GY+gy_)*GZ+gz_)*H.size()];
  for(size_t i=0;i<H.size();i++){ if(lb&&lb[i]>d+.02f) continue; float b=boxd(p,H[i].lo,H[i].hi); if(b>d+.02f||b>.6f){ continue; } float t,bb; int si; float l=lockd(H[i],p,t,bb,si,0,d); if(l<d) wi=i; d=smin(d,l,.016f); }
  if(which)*which=wi; return d; }

// ------------------------------------------------------------------ face
static float hairbound(V p){ return ell(p,{0,0.f,-.1f},{1.45f,1.7f,1.3f}); }
static float skull(V p) {
  V a={fabsf(p.x),p.y,p.z};
  float d=ell(p,CC,CR);
  d=smin(d,ell(p,{0,-.10f,.09f},{.655f,.70f,.60f}),.20f);
  d=smin(d,ell(a,{.36f,-.255f+.03f*cheek,.335f},{.265f,.225f,.245f+.05f*cheek}),.22f);
  d=smin(d,ell(p,{0,-.585f-jaw*.5f,.24f},{.415f,.315f,.34f}),.28f);
  d=smin(d,ell(p,{0,-.835f-jaw*.85f,.485f-jaw*.1f},{.140f,.105f,.12f}),.27f);
  return d; }
static float facebase(V p) { // skull with sockets, nose and muzzle: what lids, brows and lips sit on
  V a={fabsf(p.x),p.y,p.z};
  float d=skull(p);
  d=smax(d,-ell(a,{.335f,.03f,.82f},{.27f,.22f,.165f}),.22f);
  d=smax(d,-ell(a,{.135f,-.025f,.690f},{.075f,.075f,.085f}),.10f);
  // nose
  float n=cone(p,{0,.10f,.560f},{0,-.200f,.740f},.034f,.048f);
  n=smin(n,ell(p,{0,-.238f,.782f},{.082f,.072f,.088f}),.08f);
  n=smin(n,ell(a,{.080f,-.266f,.692f},{.050f,.044f,.066f}),.05f);
  d=smin(d,n,.10f);
  d=smax(d,-ell(a,{.047f,-.318f,.735f},{.026f,.020f,.032f}),.026f);
  // muzzle
  d=smin(d,ell(p,{0,MY+.01f-jaw*.25f,.405f+prot*.7f},{.27f,.19f,.23f}),.20f);
  return d; }
static float lipbulge(V p, const Mo&m) {
  float e=0, k=sat((1.02f-fabsf(p.x)/w)*6);
  if(fabsf(p.x)<w*1.02f && p.z>.2f){
    float tU=max(m.yUO-m.yUI,.008f), tL=max(m.yLI-m.yLO,.008f);
    float sU=(p.y-m.yUI)/tU, sL=(m.yLI-p.y)/tL;
    auto prof=[](float s){ if(s<0) return sqrtf(sat(1+s*5))*0.f; float x=sat(s); float f=sqrtf(sat(x*3.2f)); return f*(1-sstep(.25f,1.35f,s)); };
    e=max(tU*.62f*prof(sU),tL*.72f*prof(sL)); }
  return e*k; }
static float browsdf(V p, float fb, float s) {
  float x=p.x*s; if(x<.0f||p.z<.2f) return 1;
  float t=(x-.130f+browKnit*.03f)/.375f, tc=sat(t);
  float y=.395f+brow+browIn*powf(1-tc,1.6f)+browOut*powf(tc,1.5f)+browIn2*s*(1-tc)+.046f*sinf(3.14159f*powf(tc,1.10f))*1.f-.030f*tc*tc+.036f*(1-tc);
  float h=.029f*(0.62f+.55f*sinf(3.14159f*min(tc*.75f+.16f,1.f)))*(1-.86f*sstep(.35f,1,tc));
  float dx=(t-tc)*.375f, dy=p.y-y; float dn=fb-.004f;
  float st=.0016f*sinf((x*1.f-dy*1.4f)*95.f)*sat(1-tc);
  float A=dy/h, Bn=dn/(.55f*h+.006f), C=dx/(h*1.2f+.002f); float k0=sqrtf(A*A+Bn*Bn+C*C); 
  return (k0-1)*min(h,.55f*h+.006f)*.8f+st*.5f; }

enum { GOLD=20, SKIN=0, HAIR, EYE, DARK, BLAZ, SHIRT, TEETH, TONGUE, BROW };
struct Hit { float d; int m; };
static inline void put(Hit&h, float d, int m){ if(d<h.d){h.d=d;h.m=m;} }

static V rotHead(V p, bool inv) { // world -> head
  V c={0,-.80f,-.15f}; p=p-c; float y=yaw*.0174533f, x=pitch*.0174533f, z=roll*.0174533f;
  auto ry=[&](V q,float a){float cs=cosf(a),sn=sinf(a);return V{q.x*cs-q.z*sn,q.y,q.x*sn+q.z*cs};};
  auto rx=[&](V q,float a){float cs=cosf(a),sn=sinf(a);return V{q.x,q.y*cs+q.z*sn,-q.y*sn+q.z*cs};};
  auto rz=[&](V q,float a){float cs=cosf(a),sn=sinf(a);return V{q.x*cs-q.y*sn,q.x*sn+q.y*cs,q.z};};
  (void)inv; p=rz(p,z); p=rx(p,x); p=ry(p,y); return p+c; }

static float headskin(V p, Hit*parts) {
  float bound=ell(p,{0,-.05f,0},{.9f,1.15f,1.0f}); if(bound>.25f) return bound;
  float fb=facebase(p); Mo m=mouth(p.x);
  float d=fb; 
  if(fabsf(fb)<.22f&&p.z>.1f){
    d-=lipbulge(p,m);
    // crease under the lower lip, philtrum, smile folds
    d+=.016f*gauss(p.x,.16f)*gauss(p.y-(m.yLO-.035f),.045f);
    d+=.010f*gauss(p.x,.022f)*sstep(m.yUO-.01f,m.yUO+.03f,p.y)*(1-sstep(-.40f,-.34f,p.y));
    float cxw=fabsf(p.x)-(w+.018f), cyw=p.y-(MY+mz+smile*.58f+skew*(p.x>0?1:-1)); d+=(.008f+.012f*corner)*gauss(cxw,.040f)*gauss(cyw,.050f);
  }
  // mouth opening
  float oh=up+lo;
  if(oh>.006f){ float s2=max(p.y-m.yUI,m.yLI-p.y); float ex=fabsf(p.x)-w; s2=max(s2,ex)*.62f; float slot=max(s2,.25f-p.z); d=smax(d,-slot,.022f);
    float bag=ell(p,{0,MY+mz+.5f*(up-lo),.42f},{w*.95f+.04f,oh*.5f+.06f,.22f}); bag=smax(bag,fb+.075f,.02f); d=smax(d,-bag,.02f); }
  // eyes
  for(int i=0;i<2;i++){ float s=i?1:-1; V q=p-V{EC.x*s,EC.y,EC.z}; float r=len(q); if(r>ER+.28f) continue;
    d=smax(d,-(r-ER-.006f),.02f);
    if(q.z>-.05f){ Li l=lidc(q,r,s); float sh=fabsf(r-(ER+.020f))-.017f;
      float u=smax(sh,(l.vU-l.v)*ER*.80f,.022f), lo2=smax(sh,(l.v-l.vL)*ER*.80f,.026f);
      d=smin(d,min(u,lo2),.040f);
    } }
  return d; }

static Hit headmap(V p) {
  Hit h={1e9f,SKIN}; float hb=hairbound(p); if(hb>.4f){ h.d=hb-.1f; return h; }
  h.d=headskin(p,0);
  if(h.d<.35f){
    for(int i=0;i<2;i++){ float s=i?1:-1; V q=p-V{EC.x*s,EC.y,EC.z}; float r=len(q); put(h,r-ER,EYE);
      if(r<ER+.2f&&q.z>-.05f){ Li l=lidc(q,r,s); float t=clampf(l.tt,-1,1); float ex=max(fabsf(l.tt)-1.f,0.f)*.825f*ER;
        float dv=(l.v-l.vU)*ER*.85f+.003f, dr=r-(ER+.041f+.022f*sstep(.1f,-.8f,t)+wide*.060f*sstep(.75f,.1f,t)); float rad=(.0045f+.0110f*sstep(-1.f,.8f,t))*(1-.80f*sstep(.70f,1.f,t));
        float lid=s<0?lidL:lidR; float tip=mixf(.10f,-.05f,lid);
        // the lash line tapers off into a wing
        float tk=.88f, a=.02f+.825f*tk, cc=.09f*tk+.02f, tu=tk+.06f*(1-tk*tk), vv=mixf(cc+(.55f+wide*.19f)*powf(1-powf(tu,2.3f),.82f),cc-.20f*powf(1-tk*tk,.8f),lid)+.015f;
        float zz=sqrtf(max(1-a*a-vv*vv,.0f)); V A={a*(ER+.035f),vv*(ER+.035f),zz*(ER+.035f)}, Bp=A+V{.095f,.020f+tip*.45f,-.020f}, qs={q.x*s,q.y,q.z};
        put(h,smin((sqrtf(dv*dv+dr*dr*.55f+ex*ex)-rad)*.8f,cone(qs,A,Bp,.0115f,.0012f),.02f),DARK);
      } }
    float fb=facebase(p); put(h,browsdf(p,fb,-1),BROW); put(h,browsdf(p,fb,1),BROW);
    if(up+lo>.006f){
      // teeth: an arch; upper row fixed, lower row on the jaw
      float tx=p.x, tz=.560f-1.25f*tx*tx-prot*1.6f; float thick=fabsf(p.z-tz)-.028f;
      float tooth=.0012f*sstep(.7f,1.f,fabsf(cosf(tx*3.14159f/.088f)));
      float yb=MY-.040f+.35f*tx*tx+prot*1.0f; float upr=smax(smax(thick,yb-p.y+tooth*.5f,.02f),fabsf(tx)-.27f,.03f); upr=smax(upr,p.y-(MY+.2f),.02f)+tooth*.5f;
      float yt=MY-.070f-jaw*.95f; float lwr=smax(smax(fabsf(p.z-tz+.035f)-.026f,p.y-yt,.02f),fabsf(tx)-.20f,.03f); lwr=smax(lwr,yt-.11f-p.y,.02f)+tooth*.5f;
      if(fb<-.012f){} put(h,max(upr*.8f,fb+.012f),TEETH); put(h,max(lwr*.8f,fb+.02f),TEETH);
      put(h,max(ell(p,{0,MY-.085f-jaw*.80f+tongue*.07f,.42f},{.15f,.060f,.17f}),fb+.03f),TONGUE);
    }
  }
  int wi; float hd=hair(p,&wi); put(h,hd,HAIR);
  return h; }

// ------------------------------------------------------------------ body and clothes
static float bodybase(V p) {
  V a={fabsf(p.x),p.y,p.z};
  float d=cone(a,{.36f,-1.66f,-.22f},{.93f,-1.98f,-.25f},.26f,.29f);
  d=smin(d,ell(p,{0,-2.2f,-.18f},{.86f,.72f,.47f}),.30f);
  d=smin(d,cone(a,{.95f,-2.0f,-.25f},{1.16f,-3.0f,-.15f},.28f,.25f),.20f);
  return d; }
static float necksdf(V p) {
  V a={fabsf(p.x),p.y,p.z};
  float d=cone(p,{0,-.55f,-.10f},{0,-1.50f,-.20f},.245f,.262f);
  d=smin(d,cone(a,{.16f,-1.36f,-.24f},{.66f,-1.72f,-.26f},.14f,.16f),.30f);
  d=smin(d,ell(p,{0,-2.15f,-.19f},{.82f,.68f,.43f}),.22f);
  d=smin(d,cone(a,{.055f,-1.545f,.075f},{.50f,-1.49f,-.03f},.030f,.022f),.07f); // collar bones
  return d; }
static Hit bodymap(V p) {
  Hit h={1e9f,SKIN}; float bb=p.y+1.0f; if(bb>.9f){ h.d=bb; return h; }
  h.d=necksdf(p);
  float b=bodybase(p); float ax=fabsf(p.x);
  float nd=h.d, yc=-1.79f+2.6f*p.x*p.x; float nsl=1/sqrtf(1+27.f*p.x*p.x); float ch=sqrtf(powf((p.y-yc)*nsl,2)+powf(nd-.004f,2))-.0075f; if(ax<.36f&&p.z>-.1f) put(h,ch*.8f,GOLD);
  put(h,len(p-V{0,-1.815f,.222f})-.028f,GOLD);
  // shirt: V neck;  edge line from the neck's side down to the middle
  float vn=(p.y+2.02f)-(ax)*1.75f;              // >0 inside the V (skin)
  float sh=b-.020f; sh=smax(sh,vn*.45f,.012f); if(p.z<-.25f) sh=b-.0f; 
  float roll=sqrtf(vn*vn*.22f+(b-.022f)*(b-.022f))-.017f; sh=smin(sh,roll+(p.z<-.1f?.5f:0.f),.012f);
  put(h,sh*.85f,SHIRT);
  // blazer: wider V, lapels as raised boards with a notch
  float vb=(p.y+2.62f)-ax*2.55f;                // >0 inside the opening
  float bz=b-.060f; bz=smax(bz,vb*.36f,.02f); put(h,bz*.85f,BLAZ);
  float yo=p.y; float lw=.235f*sstep(-2.75f,-1.95f,yo); // lapel's width grows upwards
  float edge=-vb*.36f;                          // distance outwards from the opening
  float notch=(yo+1.86f)-(ax-.36f)*-.35f;       // lapel ends here
  float la=smax(fabsf(edge-lw*.5f)-lw*.5f,notch*.9f,.02f); la=max(la,-(p.z+.15f));
  la=max(la,p.y+1.46f); float lap=smax(fabsf(b-.078f)-.026f,la,.022f); put(h,lap*.8f,BLAZ);
  float cw=.17f; float colr=smax(fabsf(edge-cw*.5f+.0f)-cw*.5f,-(notch-.035f)*.9f,.02f); float col=smax(fabsf(b-.078f)-.028f,colr,.02f); col=smax(col,p.y+1.46f,.03f); put(h,col*.8f,BLAZ);
  return h; }

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

static V lin(float r, float g, float b){ auto f=[](float c){c/=255;return c<=.04045f?c/12.92f:powf((c+.055f)/1.055f,2.4f);}; return {f(r),f(g),f(b)}; }
static const V SK=lin(241,178,147), LIP=lin(200,84,84), BLUSH=lin(236,120,104), HA=lin(44,20,11), HB=lin(134,70,34), BZ=lin(44,62,104), SHW=lin(240,232,222);
#include "shade.h"

int main(int argc, char**argv) {
  int S=320; const char*out="o.raw", *keep=0;
  for(int i=1;i<argc;i++){ char*e=strchr(argv[i],'='); if(!e) continue; *e=0; if(!strcmp(argv[i],"out")) out=e+1; else if(!strcmp(argv[i],"keep")) keep=e+1; else G[argv[i]]=atof(e+1); }
  if(G.count("size")) S=G["size"];
  load(); buildHair(); buildCells(); shadeInit();
  // window of the frame to be rendered (for crops): x0..x1, y0..y1 in 0..1
  float fx0=G.count("x0")?G["x0"]:0, fx1=G.count("x1")?G["x1"]:1, fy0=G.count("y0")?G["y0"]:0, fy1=G.count("y1")?G["y1"]:1;
  int X0=fx0*S,X1=fx1*S,Y0=fy0*S,Y1=fy1*S; int W=X1-X0,Hh=Y1-Y0;
  std::vector<float> buf((size_t)W*Hh*12,0.f);
  std::vector<char> kept((size_t)W*Hh,0); // samples that are known already
  if(keep){ FILE*f=fopen(keep,"rb"); if(!f||fread(kept.data(),1,kept.size(),f)!=kept.size()) return 1; fclose(f); }
  V cam={0,-.10f,9.5f}; const float half=1.6f, cy=-.33f; // render.py knows them too
  // Two by two samples make a pixel; what is slow, shadows and occlusion, is found once for all four of one surface.
  #pragma omp parallel for schedule(dynamic,2)
  for(int y=0;y<Hh;y+=2) for(int x=0;x<W;x+=2){
    Light known[4]; int m[4]; float at[4]; int n=0;
    for(int k=0;k<4;k++){ int sx=x+(k&1), sy=y+(k>>1); if(sx>=W||sy>=Hh||kept[(size_t)sy*W+sx]) continue;
      float px=((sx+X0+.5f)/S*2-1)*half, py=(1-(sy+Y0+.5f)/S*2)*half+cy; V tgt={px,py,0}; V d=norm(tgt-cam);
      float t=7.6f; bool hit=false; Hit h; for(int i=0;i<150&&t<12.2f;i++){ h=scene(cam+d*t); if(h.d<.0009f){hit=true;break;} t+=h.d*.72f; }
      if(!hit && h.d<.004f && t<12.2f) hit=true;
      if(!hit) continue;
      V p=cam+d*t, nm=normal(p,.0016f); const Light*l=0; for(int i=0;i<n;i++) if(m[i]==h.m&&fabsf(at[i]-t)<.02f) l=&known[i];
      if(!l){ known[n]=lightAt(p,nm); m[n]=h.m; at[n]=t; l=&known[n++]; }
      shadePixel(p,d,h.m,t,nm,*l,&buf[((size_t)sy*W+sx)*12]); } }
  FILE*f=fopen(out,"wb"); int hd[2]={W,Hh}; fwrite(hd,4,2,f); fwrite(buf.data(),4,buf.size(),f); fclose(f); return 0; }
