// Leo: about forty; dark curls cut short at the sides, a short beard, a jumper over a shirt. CC0-1.0.
#pragma once
static const Face FACE={.jaw={.490f,.350f,.350f}, .jawY=-.600f, .chin={.225f,.120f,.125f}, .chinY=-.850f, .chinZ=.470f, .cheek={.255f,.205f,.240f}, .cheekY=-.245f, .middle=.650f, .bridge=.042f, .noseY=-.240f, .noseX=.108f, .nostril=.068f, .nostrilX=.102f, .noseZ=.098f,
  .lipU=1.05f, .lipL=1.08f, .lidU=.415f, .lidL=.375f, .lash=.50f, .wing=.05f, .lashOut=.004f, .browY=.352f, .browX=.120f, .browLong=.400f, .browHigh=.041f, .browArch=.026f, .browHairs=.15f, .ears=true, .earY=-.05f, .beard=.015f, .neck=.315f, .shoulders=1.14f};
static const Look LOOK={.skin=lin(141,91,69), .lip=lin(146,76,68), .mouthLine=lin(70,28,26), .blush=lin(164,78,54), .lid=lin(122,70,48), .crease=lin(92,50,34), .lowLid=lin(132,78,56),
  .brow=lin(26,18,16), .lash=lin(40,24,19), .hairA=lin(12,9,9), .hairB=lin(44,32,28), .beard=lin(14,10,9), .hairShine={.36f,.44f,.58f}, .irisA=lin(50,26,14), .irisB=lin(104,58,28), .irisRim=lin(36,18,10), .irisRing=lin(84,46,22), .white={.97f,.95f,.93f}, .flush=.55f, .freckles=0, .shadow=.5f, .gloss=.62f, .lipShare=.75f, .lipGloss=.7f};
static Cloth cloth(int m, V p) {
  if(m==SHIRT) return {lin(232,238,244),.2f,.6f};
  return {lin(196,142,58)*(.86f+.28f*noise3(V{p.x*90,p.y*90,p.z*50})),.06f,.8f}; }
// how much beard there is at a point of the skin: around the mouth, along the jaw, up to the ears
static float stubble(V p, const Mo&m) {
  if(p.y>.25f||p.y<-1.02f||p.z<-.12f) return 0;
  float ax=fabsf(p.x), n=.012f*(noise3(p*30)-.5f);
  float edge=ax<.40f?mixf(-.385f,-.550f,sstep(.13f,.40f,ax)):mixf(-.550f,.16f,powf(sat((ax-.40f)/.28f),1.7f));
  float in=sstep(.020f,-.030f,p.y-edge+n);
  float lips=sstep(.030f,.006f,max(p.y-m.yUO,m.yLO-p.y))*sstep(.016f,-.004f,ax-w-.004f); in*=1-lips;
  in*=1-.85f*gauss(ax-.085f,.045f)*gauss(p.y-(m.yLO-.045f),.030f);                            // bare beside the tuft under the lip
  in*=1-.35f*gauss(ax,.022f)*sstep(-.45f,-.40f,p.y);                                           // and under the nose
  return in*sstep(-1.02f,-.94f,p.y); }
static void buildHair() {
  V C={0,.2f,-.15f}; const int n=400;
  for(int i=0;i<n;i++){ float u=(i+.5f)/n, yy=1-u*.85f, an=i*2.399963f, j=hash(i*1.3f+.7f), j2=hash(i*3.7f+1), j3=hash(i*5.1f+4); float rr=sqrtf(1-yy*yy); V d={rr*cosf(an),yy,rr*sinf(an)};
    if(d.z<-.55f||(d.z>.0f&&d.y<.525f-.30f*powf(fabsf(d.x),1.5f)+.02f*j)||(d.z<=0&&d.y<.38f)) continue;
    V N=norm(d), t1=norm(cross(V{0,1,0},N)+V{1e-3f,0,0}), t2=cross(N,t1); float a0=j*6.283f; V T=norm(t1*cosf(a0)+t2*sinf(a0)); V B=cross(N,T)*(j2>.5f?1.f:-1.f);
    float top=sstep(.35f,.85f,d.y), L=.062f+.022f*j3, e=.030f+.030f*top+.02f*j2, th=.030f+.012f*j2; V o=onSkull(d,e);
    std::vector<V> c={o-N*.06f-T*L*.3f,o+N*.02f+T*L*.6f,o+N*.055f+T*L*1.1f+B*L*.6f,o+N*.062f+T*L*.7f+B*L*1.4f,o+N*.050f-T*L*.1f+B*L*1.35f,o+N*.040f-T*L*.25f+B*L*.7f,o+N*.030f+T*L*.2f+B*L*.5f};
    addLock(c,th,th*.9f,.8f,.45f,.35f,.15f+.85f*j3,C,4); }
}
static float hairMass(V p) {
  float thick=.016f+.050f*sstep(.20f,.75f,p.y), d=ell(p,CC,CR)-thick; d=smin(d,ell(p,{0,-.10f,.02f},{.668f,.52f,.52f}),.10f); if(d>.3f) return d;
  float ax=fabsf(p.x);
  // the hairline: over the forehead, back at the temples, down in front of the ears
  float zt=.30f+.10f*sstep(.20f,.55f,p.y)-.14f*sstep(.0f,-.25f,p.y), hl=.722f-.35f*p.x*p.x-.05f*gauss(ax-.40f,.12f);
  float face=smax(p.y-hl,-(p.z-zt)*.9f,.05f); d=smax(d,-face,.02f);
  d=smax(d,smin(-.09f-p.y,p.z+.06f,.03f),.03f); d=smax(d,-.50f-p.y,.05f);
  return d+.012f*(noise3(p*30)-.5f)+.006f*(noise3(p*60)-.5f); }
static void extras(V, Hit&) {}
static void clothes(V p, Hit&h) {
  float b=bodybase(p), ax=fabsf(p.x)/FACE.shoulders;
  float near=b<.3f?1:0, neck=h.d;
  // the shirt's collar: a band around the neck, two points that fold over the jumper
  float sh=smax(b-.020f,(p.y+1.42f+.35f*max(0.f,p.z))*.9f,.03f); float vn=(p.y+1.66f)-ax*1.05f; sh=smax(sh,vn*.5f,.012f); put(h,smax(sh,p.y+1.47f,.03f)*.85f,SHIRT);
  float stand=smax(fabsf(neck-.030f)-.016f,fabsf(p.y+1.40f+.30f*p.z)-.115f,.02f); put(h,smax(smax(stand,vn*.5f,.02f),ax-.36f,.03f)*.8f,SHIRT);
  float edge=-vn*.6f; float cut=smax(fabsf(edge-.065f)-.075f,-(p.y+1.80f+.55f*(ax-.10f))*.9f,.015f); cut=smax(cut,p.y+1.36f,.02f); float col=smax(fabsf(b-.070f)-.020f,cut,.018f); col=smax(col,-.17f-p.z,.02f); put(h,col*.75f,SHIRT);
  // the jumper: a V neck with a ribbed edge
  float vb=(p.y+1.98f)-ax*1.45f, kn=near*.0055f*(cosf((p.x+.22f*p.y*(p.x<0?-1:1))*92.f)*.6f+.4f*cosf(p.y*120.f+cosf(p.x*92.f)*1.6f));
  float j=smax(b-.052f+kn,vb*.5f,.025f); put(h,smax(j,p.y+1.37f,.05f)*.75f,BLAZ);
  float band=smax(fabsf(b-.060f)-.024f,fabsf(-vb*.53f-.04f)-.045f,.022f)+near*.004f*cosf((p.y+ax)*110.f); band=smax(band,p.y+1.50f,.05f); put(h,band*.75f,BLAZ);
}
