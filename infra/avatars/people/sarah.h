// Sarah: about thirty; locks from a side part down to the shoulders, ends turned in or flicked out; a blazer. CC0-1.0.
#pragma once
static const Face FACE={};
static const Look LOOK={.skin=lin(241,178,147), .lip=lin(200,84,84), .mouthLine=lin(122,36,40), .blush=lin(236,120,104), .lid=lin(190,106,90), .crease=lin(150,74,60), .lowLid=lin(222,140,124),
  .brow=lin(80,43,28), .lash=lin(30,17,15), .hairA=lin(44,20,11), .hairB=lin(134,70,34), .irisA=lin(78,36,16), .irisB=lin(150,80,34), .irisRim=lin(60,26,12), .irisRing=lin(120,64,26)};
static Cloth cloth(int m, V p) {
  if(m==SHIRT) return {lin(240,232,222),.2f};
  return {lin(44,62,104)*(.9f+.25f*noise3(V{p.x*120,p.y*120,p.z*60}))}; }
static float stubble(V, const Mo&) { return 0; }
static void extras(V, Hit&) {}
static V hs(float phi, float y, float e) {
  static const float Y[7]={.55f,.30f,-.20f,-.70f,-1.05f,-1.30f,-1.5f}, X[7]={.75f,.815f,.845f,.885f,.955f,.90f,.76f}, Z[7]={.80f,.87f,.85f,.78f,.74f,.66f,.5f};
  int i=0; while(i<5&&y<Y[i+1]) i++; float f=clampf((Y[i]-y)/(Y[i]-Y[i+1]),0,1); float rx=mixf(X[i],X[i+1],f)+e, rz=mixf(Z[i],Z[i+1],f)+e;
  float a=phi*.0174533f; return {rx*sinf(a),y,-.10f+rz*cosf(a)}; }
static void buildHair() {
  V C={0,.1f,-.15f}; const float px=.20f; const int N[3]={9,8,6};
  for(int layer=0;layer<3;layer++) for(int si=0;si<2;si++){ float s=si?1:-1; int n=N[layer];
    for(int i=0;i<n;i++){ float j=hash(i*3.1f+si*17+layer*31), j2=hash(i*7.7f+si*5+layer*11), j3=hash(i*1.7f+si*9+layer*3+.5f);
      float t=layer==0?i/(float)(n-1):layer==1?(i+.25f+.3f*j3)/(float)n:(i*.72f+.5f*j3+.15f)/(float)n;
      float e=layer==0?0:layer==1?.036f:.066f; float el=(41+72*powf(t,.9f))*.0174533f;
      V root=onSkull({px+s*.03f,sinf(el),cosf(el)},.066f+.014f*layer);
      float phi=s*(69+110*powf(t,.95f)); float swoop=(1-t)*(1-t);
      V sd_=hs(phi,.30f,e+.015f);
      V dm=norm(norm(root-CC)*1.2f+norm(sd_-CC)); dm.z+=(s<0?.13f:.07f)*swoop; V mid=onSkull(dm,.098f+(s<0?.07f:.045f)*swoop+e*.7f);
      V dm2=norm(norm(root-CC)*.42f+norm(sd_-CC)); V mid2=onSkull(dm2,.055f+.04f*swoop+e*.7f);
      float amp=layer==0?3.f:layer==1?5.f:7.f, wv=amp*(j>.5f?1:-1)*(.5f+.5f*j2), fr=swoop;
      float yend=-1.30f-.07f*j2+.06f*fr; float flick=layer==0?-.09f:layer==1?-.07f-.05f*j3:.0f;
      std::vector<V> c={root,mid,mid2,hs(phi+s*(2*fr),.10f,e+.02f),hs(phi+s*(7*fr)+wv,-.30f,e+.035f+.02f*j),hs(phi-s*(1*fr)-wv*.6f,-.68f,e+.005f+.03f*j2),hs(phi-s*(8*fr)-wv,-1.00f,e+.045f+.02f*j3),hs(phi-s*(13*fr)+wv*.5f,-1.24f+.04f*j2,e+.0f),hs(phi-s*(20*fr)+wv*.9f,yend-.02f,e+flick-.04f)};
      float wd=layer==0?.185f:layer==1?.135f+.035f*j:.050f+.02f*j, th=layer==0?.062f:layer==1?.082f:.045f;
      addLock(c,wd,th,.62f,layer==0?.14f:layer==1?.12f:.12f,layer==0?.25f:layer==1?.40f:.1f,j*.6f+j2*.4f,C);
    } }
  // curtain fringe: locks that frame the face, laid over the rest
  auto fr=[&](std::vector<V> c, float wd, float th, float tone){ addLock(c,wd,th,.55f,.10f,.35f,tone,C); };
  fr({{.17f,1.01f,.46f},{-.08f,.91f,.63f},{-.46f,.64f,.635f},{-.685f,.22f,.43f},{-.760f,-.14f,.34f},{-.755f,-.42f,.36f},{-.70f,-.66f,.42f}},.098f,.060f,.75f);
  fr({{.15f,1.05f,.40f},{-.14f,.98f,.56f},{-.50f,.68f,.58f},{-.725f,.25f,.36f},{-.815f,-.18f,.27f},{-.850f,-.52f,.28f},{-.82f,-.80f,.33f}},.085f,.058f,.35f);
  fr({{.23f,1.01f,.46f},{.37f,.86f,.58f},{.590f,.57f,.54f},{.705f,.18f,.40f},{.770f,-.16f,.33f},{.770f,-.40f,.35f},{.715f,-.60f,.41f}},.090f,.058f,.70f);
  fr({{.25f,1.05f,.40f},{.42f,.94f,.50f},{.645f,.60f,.48f},{.770f,.20f,.32f},{.835f,-.20f,.25f},{.865f,-.54f,.27f},{.84f,-.80f,.32f}},.080f,.055f,.30f);
}

static float hairMass(V p) {
  // a cap, cut open for the face
  float cap=ell(p,CC,CR+V{.045f,.045f,.045f});
  float hl=.80f-1.0f*p.x*p.x;                               // hairline over the forehead
  float facecut=smax(p.y-hl,-(p.z-.05f)*.9f,.05f);          // <0 inside the face region
  cap=smax(cap,-facecut,.04f);
  float an=atan2f(p.x,p.z+1.1f); float back=ell(p,{0,-.50f,-.43f},{.80f,1.05f,.46f})+.016f*cosf(an*34+1.6f*sinf(p.y*3.1f+an*3))+.010f*cosf(an*61+2.2f*sinf(p.y*2.3f)); back=smax(back*.8f,-1.27f-p.y-.05f*cosf(an*17),.12f);        // mass behind the neck
  return smin(cap,back,.15f); }
static void clothes(V p, Hit&h) {
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
}
