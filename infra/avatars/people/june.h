// June: about seventy; soft silver waves brushed back to the ears, round glasses, a cardigan over a blouse. CC0-1.0.
#pragma once
static const Face FACE={.jaw={.420f,.318f,.335f}, .chin={.135f,.100f,.115f}, .chinZ=.475f, .cheek={.270f,.225f,.240f}, .cheekY=-.285f, .bridge=.036f, .noseY=-.243f, .noseX=.088f, .nostril=.053f, .nostrilX=.083f, .noseZ=.090f,
  .lipU=.74f, .lipL=.82f, .lidU=.455f, .lidL=.405f, .hood=.55f, .lash=.52f, .wing=.12f, .browY=.398f, .browX=.135f, .browLong=.335f, .browHigh=.022f, .browArch=.040f, .browHairs=.14f, .ears=true, .earY=-.13f, .age=1, .neck=.235f, .shoulders=.97f};
static const Look LOOK={.skin=lin(240,184,158), .lip=lin(196,98,92), .mouthLine=lin(128,50,48), .blush=lin(232,122,108), .lid=lin(204,132,114), .crease=lin(164,98,82), .lowLid=lin(214,142,130),
  .brow=lin(150,140,134), .lash=lin(74,60,56), .hairA=lin(84,86,96), .hairB=lin(240,239,238), .hairShine={.75f,.95f,1.35f}, .irisA=lin(52,84,104), .irisB=lin(120,164,178), .irisRim=lin(38,58,76), .irisRing=lin(150,170,150), .flush=.9f, .freckles=.35f, .shadow=.55f, .gloss=.55f, .lipShare=.78f, .spots=1};
static Cloth cloth(int m, V p) {
  if(m==SHIRT) return {lin(232,222,206),.12f,.7f};
  if(m==FRAME) return {lin(112,60,32),.45f,.32f};
  if(m==PEARL) return {lin(246,238,232),1.8f,.25f};
  if(m==BUTTON) return {lin(238,226,206),1.2f,.3f};
  float wv=noise3(V{p.x*90,p.y*90,p.z*50}); return {lin(126,92,132)*(.86f+.28f*wv),.06f,.8f}; }
static float stubble(V, const Mo&) { return 0; }
static V hs(float phi, float y, float e) { // a point beside the head, by its angle from the front and its height
  static const float Y[6]={.70f,.40f,.10f,-.20f,-.45f,-.70f}, X[6]={.63f,.765f,.80f,.775f,.69f,.55f}, Z[6]={.74f,.86f,.88f,.84f,.74f,.58f};
  int i=0; while(i<4&&y<Y[i+1]) i++; float f=clampf((Y[i]-y)/(Y[i]-Y[i+1]),0,1); float rx=mixf(X[i],X[i+1],f)+e, rz=mixf(Z[i],Z[i+1],f)+e;
  float a=phi*.0174533f; return {rx*sinf(a),y,-.10f+rz*cosf(a)}; }
static void buildHair() {
  V C={0,.1f,-.15f}; const float px=.22f; const int N[3]={9,8,8};
  for(int layer=0;layer<3;layer++) for(int si=0;si<2;si++){ float s=si?1:-1; int n=N[layer];
    for(int i=0;i<n;i++){ float j=hash(i*3.1f+si*17+layer*31+7), j2=hash(i*7.7f+si*5+layer*11+2), j3=hash(i*1.7f+si*9+layer*3+.9f);
      float t=layer==0?i/(float)(n-1):(i+.2f+.4f*j3)/(float)n; float e=.045f+.040f*layer, front=(1-t)*(1-t);
      float el=(38+76*powf(t,.9f))*.0174533f; V root=onSkull({px+s*.03f,sinf(el),cosf(el)},.055f+.020f*layer);
      float phi=s*(64+112*powf(t,.95f)), wv=(layer==0?8.f:14.f)*(j>.5f?1:-1)*(.6f+.4f*j2), end=-.30f-.16f*t-.06f*j2;
      V side=hs(phi,.42f,e+.05f); V dm=norm(norm(root-CC)*1.2f+norm(side-CC)); dm.z+=.12f*front; V mid=onSkull(dm,.12f+.07f*front+e*.7f);
      V dm2=norm(norm(root-CC)*.42f+norm(side-CC)); V mid2=onSkull(dm2,.085f+.03f*front+e*.8f);
      std::vector<V> c={root,mid,mid2,side,hs(phi+s*10*front+wv,.18f,e+.085f+.02f*j),hs(phi+s*16*front-wv*.5f,-.06f,e+.045f+.03f*j2),hs(phi+s*12*front-wv,end+.12f,e+.070f),hs(phi+s*4*front,end-.02f,e+.01f),hs(phi-s*8*front,end-.055f,e-.05f)};
      addLock(c,layer==0?.170f:layer==1?.120f+.03f*j:.060f+.02f*j,layer==0?.07f:layer==1?.085f:.055f,.6f,.42f,layer==0?.40f:layer==1?.5f:.35f,.1f+j*.6f+j2*.3f,C,9);
    } }
  // a wave over the forehead, brushed to the side
  auto fr=[&](std::vector<V> c, float wd, float th, float tone){ addLock(c,wd,th,.55f,.16f,.65f,tone,C,8); };
  fr({{.20f,1.00f,.50f},{.02f,.99f,.70f},{-.24f,.84f,.78f},{-.46f,.62f,.70f},{-.64f,.42f,.52f},{-.80f,.24f,.34f},{-.86f,.02f,.20f},{-.80f,-.12f,.18f}},.105f,.075f,.9f);
  fr({{.18f,1.06f,.40f},{-.08f,1.07f,.58f},{-.36f,.92f,.64f},{-.60f,.68f,.54f},{-.76f,.46f,.38f},{-.90f,.22f,.20f},{-.90f,-.06f,.10f},{-.80f,-.20f,.12f}},.100f,.075f,.6f);
  fr({{.26f,1.00f,.50f},{.40f,.92f,.64f},{.56f,.70f,.62f},{.68f,.46f,.48f},{.80f,.24f,.32f},{.86f,.02f,.19f},{.79f,-.14f,.17f}},.100f,.072f,.8f);
  fr({{.28f,1.06f,.40f},{.48f,.98f,.52f},{.66f,.74f,.48f},{.78f,.48f,.34f},{.90f,.22f,.18f},{.89f,-.06f,.08f},{.78f,-.20f,.11f}},.090f,.070f,.5f);
}
static float hairMass(V p) {
  float cap=ell(p,CC,CR+V{.055f,.060f,.055f}), hl=.80f-.75f*p.x*p.x;
  cap=smax(cap,-smax(p.y-hl,-(p.z-.10f)*.9f,.05f),.04f);
  float back=ell(p,{0,-.16f,-.42f},{.74f,.50f,.46f}); return smin(cap,back,.15f); }
static void extras(V p, Hit&h) { // glasses
  V a={fabsf(p.x),p.y,p.z};
  if(p.z>.4f&&fabsf(p.y)<.5f){
    float x=a.x-.342f, y=p.y+.035f, r=powf(powf(fabsf(x)/.268f,2.5f)+powf(fabsf(y)/.250f,2.5f),.4f); float e=(r-1)*.245f, z=p.z-(.800f-.30f*max(0.f,a.x-.25f)*max(0.f,a.x-.25f)+.06f*p.y);
    put(h,(sqrtf(e*e+z*z)-.0145f)*.8f,FRAME);
    put(h,cone(a,{.082f,.005f,.806f},{0,.035f,.822f},.013f,.012f),FRAME); }
  put(h,cone(a,{.600f,.055f,.762f},{.765f,.070f,-.02f},.015f,.012f),FRAME);
}
static void clothes(V p, Hit&h) {
  float b=bodybase(p), ax=fabsf(p.x);
  // a blouse with a round collar of two leaves
  float sh=smax(b-.022f,-((-1.40f-.55f*max(0.f,p.z+.1f))-p.y)*.8f,.03f); put(h,sh*.85f,SHIRT);
  V c=p-V{0,-1.52f,-.06f}; float ring=sqrtf(c.x*c.x+c.z*c.z*1.25f); float leaf=smax(ring-.62f-.04f*sinf(atan2f(ax,c.z)*2.f),-(ring-.27f),.03f); leaf=smax(leaf,.012f-ax*(1.f)+.0f*p.y,.02f);
  float col=smax(fabsf(b-.052f)-.016f,leaf*.8f,.02f); col=smax(col,p.y+1.33f,.03f); put(h,col*.75f,SHIRT);
  if(p.z>0) put(h,(sqrtf(p.x*p.x+(p.y+1.635f)*(p.y+1.635f)*.7f+max(0.f,b-.05f)*max(0.f,b-.05f)*2.2f)-.062f)*.7f,PEARL);
  // the cardigan: open in a V, ribbed along its edge, knitted
  float vb=(p.y+2.55f)-ax*1.75f, edge=-vb*.5f;
  float near=b<.3f?1:0, rib=near*.010f*cosf(ax*150.f+sinf(p.y*4.f)*.6f)*.0f, kn=near*.0055f*(cosf((p.x+.22f*p.y*(p.x<0?-1:1))*92.f)*.6f+.4f*cosf(p.y*120.f+cosf(p.x*92.f)*1.6f));
  float cg=smax(b-.070f+kn+rib,vb*.5f,.03f); put(h,cg*.75f,BLAZ);
  float band=smax(fabsf(b-.082f)-.026f,fabsf(edge-.055f)-.058f,.025f)+near*.004f*cosf(p.y*95.f); band=smax(band,p.y+1.42f,.03f); if(p.z>-.2f) put(h,band*.75f,BLAZ);
}
