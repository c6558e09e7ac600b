// The head: mouth, lids, hair, skull, brows, teeth. CC0-1.0.
#pragma once
// ------------------------------------------------------------------ mouth curves
static inline Mo mouth(float x) {
  Mo m; float u=clampf(x/w,-1,1), a=fabsf(u); m.u=u;
  float b=powf(max(1-powf(a,mp),0.f),.62f);
  m.mid=MY+mz+smile*(powf(a,2.1f)-.38f)+skew*u - .005f*gauss(u,.26f)*(1-sat((up+lo)*14));
  m.yUI=m.mid+up*b; m.yLI=m.mid-lo*b;
  float t=max(1-powf(a,2.f),0.f);
  m.yUO=m.yUI+lipU*FACE.lipU*powf(t,.75f)*(1-.16f*gauss(u,.17f)+.05f*gauss(a-.32f,.2f))*(1-press*.45f);
  m.yLO=m.yLI-lipL*FACE.lipL*powf(t,.62f)*(1-press*.45f)*(1-.5f*tuck);
  return m; }

// ------------------------------------------------------------------ lids (on the unit sphere of an eye; s=-1 viewer's left)
struct Li { float a,v,tt,vU,vL; };
static inline Li lidc(V q, float r, float s) {
  Li l; l.a=q.x*s/r; l.v=q.y/r; float cx=.02f, hw=.825f; l.tt=(l.a-cx)/hw; float t=clampf(l.tt,-1,1), c=.09f*t+.02f;
  float lid=s<0?lidL:lidR;
  float tu=clampf(t+.06f*(1-t*t),-1,1);
  float oU=c+(FACE.lidU+wide*.19f)*powf(1-powf(fabsf(tu),2.3f),.82f)+lidtilt*-.16f*t*(1-t*t);
  float oL=c-(FACE.lidL-low*.27f+wide*.04f)*powf(1-powf(fabsf(t),2.2f),.80f)+lidtilt*.03f*t;
  float cl=c-.20f*powf(1-t*t,.8f);
  l.vU=mixf(oU,cl,lid); l.vL=mixf(oL,cl,sstep(.15f,1,lid));
  if(l.vU<l.vL) l.vU=l.vL=.5f*(l.vU+l.vL);
  return l; }

static float hair(V p) {
  float d=hairMass(p);
  int x=floorf((p.x-GO.x)/GC),y=floorf((p.y-GO.y)/GC),z=floorf((p.z-GO.z)/GC);
  if(x<0||y<0||z<0||x>=GX||y>=GY||z>=GZ) { for(auto&k:H){ float b=boxd(p,k.lo,k.hi); if(b>d+.02f||b>REACH) continue; float t,bb; int si; d=smin(d,lockd(k,p,t,bb,si,0,d),.016f); } return d; }
  for(auto&n:CELL[(x*GY+y)*GZ+z]){ if(n.d>d+.02f) continue; const Lock&k=H[n.lock]; float b=boxd(p,k.lo,k.hi); if(b>d+.02f||b>REACH) continue; float t,bb; int si; d=smin(d,lockd(k,p,t,bb,si,0,d),.016f); }
  return d; }

// ------------------------------------------------------------------ face
static float hairbound(V p){ return ell(p,{0,0.f,-.1f},{1.45f,1.7f,1.3f}); }
static float skull(V p) {
  V a={fabsf(p.x),p.y,p.z};
  float d=ell(p,CC,CR);
  d=smin(d,ell(p,{0,-.10f,.09f},{FACE.middle,.70f,.60f}),.20f);
  d=smin(d,ell(a,{FACE.cheekX,FACE.cheekY+.03f*cheek,.335f},FACE.cheek+V{0,0,.05f*cheek}),.22f);
  d=smin(d,ell(p,{0,FACE.jawY-jaw*.5f,.24f},FACE.jaw),.28f);
  d=smin(d,ell(p,{0,FACE.chinY-jaw*.85f,FACE.chinZ-jaw*.1f},FACE.chin),.27f);
  return d; }
static float facebase(V p) { // skull with sockets, nose and muzzle: what lids, brows and lips sit on
  V a={fabsf(p.x),p.y,p.z};
  float d=skull(p);
  d=smax(d,-ell(a,{.335f,.03f,.82f},{.27f,.22f,.165f}),.22f);
  d=smax(d,-ell(a,{.135f,-.025f,.690f},{.075f,.075f,.085f}),.10f);
  if(FACE.brow>0) d=smin(d,ell(p,{0,.325f,.50f},{.46f,.060f,.225f+FACE.brow}),.20f);
  // nose
  float n=cone(p,{0,.10f,.560f},{0,-.200f,.740f},FACE.bridge,FACE.bridge+.014f);
  n=smin(n,ell(p,{0,FACE.noseY,.782f},{FACE.noseX,.072f,FACE.noseZ}),.08f);
  n=smin(n,ell(a,{FACE.nostrilX,-.266f,.692f},{FACE.nostril,.044f,.066f}),.05f);
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
  float t=(x-FACE.browX+browKnit*.03f)/FACE.browLong, tc=sat(t);
  float y=FACE.browY+brow+browIn*powf(1-tc,1.6f)+browOut*powf(tc,1.5f)+browIn2*s*(1-tc)+FACE.browArch*sinf(3.14159f*powf(tc,1.10f))-.030f*tc*tc+.036f*(1-tc);
  float h=FACE.browHigh*(0.62f+.55f*sinf(3.14159f*min(tc*.75f+.16f,1.f)))*(1-.86f*sstep(.35f,1,tc));
  float dx=(t-tc)*FACE.browLong, dy=p.y-y; float dn=fb-.004f;
  float st=.0016f*sinf((x*1.f-dy*1.4f)*95.f)*sat(1-tc);
  float hairs=FACE.browHairs>0?FACE.browHairs*.0042f*(sinf((x*.9f-dy*1.1f)*210.f+3.f*noise3(V{x*30,dy*40,s*9}))+1.2f*(noise3(V{x*90-dy*90,dy*25,s*9})-.5f)):0;
  float A=dy/h, Bn=dn/(.55f*h+.006f), C=dx/(h*1.2f+.002f); float k0=sqrtf(A*A+Bn*Bn+C*C); 
  return (k0-1)*min(h,.55f*h+.006f)*.8f+st*.5f+hairs; }


static V rotHead(V p, bool inv) { // world -> head
  V c={0,-.80f,-.15f}; p=p-c; float y=yaw*.0174533f, x=pitch*.0174533f, z=roll*.0174533f;
  auto ry=[&](V q,float a){float cs=cosf(a),sn=sinf(a);return V{q.x*cs-q.z*sn,q.y,q.x*sn+q.z*cs};};
  auto rx=[&](V q,float a){float cs=cosf(a),sn=sinf(a);return V{q.x,q.y*cs+q.z*sn,-q.y*sn+q.z*cs};};
  auto rz=[&](V q,float a){float cs=cosf(a),sn=sinf(a);return V{q.x*cs-q.y*sn,q.x*sn+q.y*cs,q.z};};
  (void)inv; p=rz(p,z); p=rx(p,x); p=ry(p,y); return p+c; }

// how deep the skin is folded: smile lines, crow's feet, bags, forehead, mouth
static float wrinkles(V p, const Mo&m) {
  float ax=fabsf(p.x), s=p.x<0?-1:1, e=0;
  auto groove=[](float d, float half, float deep){ return deep*(gauss(d,half)-.45f*gauss(fabsf(d)-half*2.f,half*1.3f)); };
  float cy=MY+mz+smile*.58f+skew*s, top=-.225f, end=cy-.045f, t=(top-p.y)/(top-end);
  if(t>-.2f&&t<1.25f){ float q=clampf(t,0,1.1f), x=mixf(.120f,w+.075f,powf(q,.85f))+.030f*sinf(3.14159f*min(q,1.f)); e+=groove(ax-x,.020f,.011f+.010f*cheek)*sstep(-.15f,.22f,t)*(1-sstep(.80f,1.22f,t)); }
  { float y=cy-.055f, q=(y-p.y)/.17f; if(q>-.3f&&q<1.2f) e+=groove(ax-(w+.012f+.035f*q),.018f,.008f)*sstep(-.25f,.2f,q)*(1-sstep(.5f,1.1f,q)); }
  { float dx=ax-.535f, dy=p.y-.005f, r=sqrtf(dx*dx+dy*dy), an=atan2f(dy,dx); float lid=s<0?lidL:lidR, k=.55f+.5f*cheek+.3f*lid; // crow's feet
    if(dx>0) for(int i=0;i<3;i++){ float a0=-.62f+.52f*i+.05f*s+.25f*r; e+=groove((an-a0)*r,.0085f,.0062f*k)*sstep(.035f,.07f,r)*(1-sstep(.10f+.02f*((i*2)%3),.19f,r)); } }
  for(int i=0;i<3;i++){ float x=p.x+.03f*(i-1), y=.560f+.072f*i+brow*.9f+.022f*cosf(x*7.f)+.006f*sinf(x*19+i*2); e+=groove(p.y-y,.013f,.0035f+.05f*sat(brow+.5f*browIn))*(1-sstep(.16f,.44f-.04f*i,fabsf(x))); }
  if(p.y<-.2f){ float y=m.yUO+.045f; float v=sat(1-fabsf(p.y-y)/.045f); e+=.0022f*v*(.5f+.5f*cosf(p.x*78.f))*(1-sstep(.10f,.20f,ax)); } // over the lips
  float kn=sat(browKnit); e+=groove(ax-.050f-.02f*(p.y-.35f),.011f,.003f+.010f*kn)*gauss(p.y-.37f,.075f);
  return e; }
// a fold of the upper lid: thicker where it hangs
static float hoodAt(const Li&l) { float dv=l.v-l.vU; return .030f*sstep(.02f,.12f,dv)*(1-sstep(.2f,.5f,dv))*(1-.4f*l.tt*l.tt); }
static float ear(V p, float d) {
  V q={fabsf(p.x)-.765f,p.y-FACE.earY,p.z+.055f}; if(q.x<-.3f||q.x>.4f||fabsf(q.y)>.45f||fabsf(q.z)>.45f) return d;
  const float cs=.82f, sn=.57f; V e={q.x*cs+q.z*sn,q.y*.985f+q.z*.17f,q.z*cs-q.x*sn}; // out of the ear; up; to the front
  float body=ell(e,{0,.015f,0},{.050f,.190f,.118f}); body=smin(body,ell(e,{0,-.155f,.035f},{.042f,.072f,.060f}),.06f);
  body=smax(body,-ell(e,{.055f,.035f,.012f},{.046f,.130f,.072f}),.030f);
  float anti=ell(e,{.020f,-.005f,-.040f},{.022f,.105f,.022f}); body=smin(body,anti,.030f);
  body=smin(body,ell(e,{.020f,-.03f,.080f},{.026f,.040f,.024f}),.030f);
  return smin(d,body,.045f); }
static float headbound(V p) { return ell(p,{0,-.05f,0},{FACE.ears?1.f:.9f,1.15f,1.0f}); }
static float headskin(V p, float fb) {
  float d=fb; bool low=p.y<-.12f&&p.y>-1.1f; Mo m={}; if(low) m=mouth(p.x);   // nothing of the mouth is felt further up
  if(low&&fabsf(fb)<.22f&&p.z>.1f){
    d-=lipbulge(p,m);
    // crease under the lower lip, philtrum, smile folds
    d+=.016f*gauss(p.x,.16f)*gauss(p.y-(m.yLO-.035f),.045f);
    d+=.010f*gauss(p.x,.022f)*sstep(m.yUO-.01f,m.yUO+.03f,p.y)*(1-sstep(-.40f,-.34f,p.y));
    float cxw=fabsf(p.x)-(w+.018f), cyw=p.y-(MY+mz+smile*.58f+skew*(p.x>0?1:-1)); d+=(.008f+.012f*corner)*gauss(cxw,.040f)*gauss(cyw,.050f);
  }
  if(FACE.age>0&&fabsf(fb)<.06f&&p.z>.1f) d+=FACE.age*wrinkles(p,m);
  if(FACE.beard>0&&fabsf(fb)<.1f){ float b=stubble(p,m); if(b>0) d-=FACE.beard*b*(.5f+noise3(p*38)); }
  if(FACE.ears) d=ear(p,d);
  // mouth opening
  float oh=up+lo;
  if(low&&oh>.006f){ float s2=max(p.y-m.yUI,m.yLI-p.y); float ex=fabsf(p.x)-w; s2=max(s2,ex)*.62f; float slot=max(s2,.25f-p.z); d=smax(d,-slot,.022f);
    float bag=ell(p,{0,MY+mz+.5f*(up-lo),.42f},{w*.95f+.04f,oh*.5f+.06f,.22f}); bag=smax(bag,fb+.075f,.02f); d=smax(d,-bag,.02f); }
  // eyes
  for(int i=0;i<2;i++){ float s=i?1:-1; V q=p-V{EC.x*s,EC.y,EC.z}; float r=len(q); if(r>ER+.28f) continue;
    d=smax(d,-(r-ER-.006f),.02f);
    if(q.z>-.05f){ Li l=lidc(q,r,s); float sh=fabsf(r-(ER+.020f))-.017f;
      float u=smax(sh,(l.vU-l.v)*ER*.80f,.022f)-FACE.hood*hoodAt(l), lo2=smax(sh,(l.v-l.vL)*ER*.80f,.026f);
      d=smin(d,min(u,lo2),.040f);
    } }
  return d; }

static Hit headmap(V p) {
  Hit h={1e9f,SKIN}; float hb=hairbound(p); if(hb>.4f){ h.d=hb-.1f; return h; }
  float bound=headbound(p), fb=bound<.35f?facebase(p):1; h.d=bound>.25f?bound:headskin(p,fb);
  if(h.d<.35f&&bound<.35f){
    for(int i=0;i<2;i++){ float s=i?1:-1; V q=p-V{EC.x*s,EC.y,EC.z}; float r=len(q); put(h,r-ER,EYE);
      if(r<ER+.2f&&q.z>-.05f){ Li l=lidc(q,r,s); float t=clampf(l.tt,-1,1); float ex=max(fabsf(l.tt)-1.f,0.f)*.825f*ER;
        float dv=(l.v-l.vU)*ER*.85f+.003f, dr=r-(ER+.041f+FACE.lashOut+.022f*sstep(.1f,-.8f,t)+wide*.060f*sstep(.75f,.1f,t)); float rad=FACE.lash*(.0045f+.0110f*sstep(-1.f,.8f,t))*(1-.80f*sstep(.70f,1.f,t));
        float lid=s<0?lidL:lidR; float tip=mixf(.10f,-.05f,lid);
        // the lash line tapers off into a wing
        float tk=.88f, a=.02f+.825f*tk, cc=.09f*tk+.02f, tu=tk+.06f*(1-tk*tk), vv=mixf(cc+(FACE.lidU+wide*.19f)*powf(1-powf(tu,2.3f),.82f),cc-.20f*powf(1-tk*tk,.8f),lid)+.015f;
        float zz=sqrtf(max(1-a*a-vv*vv,.0f)); V A={a*(ER+.035f),vv*(ER+.035f),zz*(ER+.035f)}, Bp=A+V{.095f,.020f+tip*.45f,-.020f}*FACE.wing, qs={q.x*s,q.y,q.z};
        put(h,smin((sqrtf(dv*dv+dr*dr*.55f+ex*ex)-rad)*.8f,cone(qs,A,Bp,.0115f*FACE.lash,.0012f),.02f),DARK);
      } }
    put(h,browsdf(p,fb,p.x<0?-1:1),BROW);
    if(up+lo>.006f&&fb<.02f&&p.y<-.12f){
      // teeth: an arch; upper row fixed, lower row on the jaw
      float tx=p.x, tz=.560f-1.25f*tx*tx-prot*1.6f; float thick=fabsf(p.z-tz)-.028f;
      float tooth=.0012f*sstep(.7f,1.f,fabsf(cosf(tx*3.14159f/.088f)));
      float yb=MY-.040f+.35f*tx*tx+prot*1.0f; float upr=smax(smax(thick,yb-p.y+tooth*.5f,.02f),fabsf(tx)-.27f,.03f); upr=smax(upr,p.y-(MY+.2f),.02f)+tooth*.5f;
      float yt=MY-.070f-jaw*.95f; float lwr=smax(smax(fabsf(p.z-tz+.035f)-.026f,p.y-yt,.02f),fabsf(tx)-.20f,.03f); lwr=smax(lwr,yt-.11f-p.y,.02f)+tooth*.5f;
      if(fb<-.012f){} put(h,max(upr*.8f,fb+.012f),TEETH); put(h,max(lwr*.8f,fb+.02f),TEETH);
      put(h,max(ell(p,{0,MY-.085f-jaw*.80f+tongue*.07f,.42f},{.15f,.060f,.17f}),fb+.03f),TONGUE);
    }
  }
  extras(p,h);
  put(h,hair(p),HAIR);
  return h; }

