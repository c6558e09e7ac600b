static V KD,FD,RD,LD; static void shadeInit(){ KD=norm({-.52f,.74f,.74f}); FD=norm({.85f,.10f,.60f}); RD=norm({.80f,.38f,-.52f}); LD=norm({-.86f,.34f,-.50f}); }
static const V KC={1.58f,1.40f,1.16f}, FC={.16f,.20f,.27f}, RC={1.2f,1.35f,1.65f}, LC={1.5f,1.15f,.8f};
static float ggx(V n, V v, V l, float rough) { V h=norm(v+l); float nh=sat(dot(n,h)), a=rough*rough, a2=a*a, d=nh*nh*(a2-1)+1; float D=a2/(3.1416f*d*d); float nl=sat(dot(n,l)); float vh=sat(dot(v,h)); float F=.04f+.96f*powf(1-vh,5); return D*F*nl*.25f/(max(.1f,vh*vh)); }
struct Light { float occ,shk,shr,shl; }; // openness; shares of the key light and of both rim lights
static Light lightAt(V p, V n) {
  if(bare>0) return {1,1,0,0};
  return {ao(p,n), dot(n,KD)>-.28f?softshadow(p+n*.012f,KD,5.5f,3.0f):0, dot(n,RD)>0?softshadow(p+n*.012f,RD,9,1.6f):0, dot(n,LD)>0?softshadow(p+n*.012f,LD,9,1.6f):0}; }
static void shadePixel(V p, V rd, int m, float t, V n, Light li, float*o) {
  V v=rd*-1; V hp=rotHead(p,false);
  float iris_=9, glint_=0, occ=li.occ, shk=li.shk, shr=li.shr, shl=li.shl;
  V alb={.5f,.5f,.5f}, spec={0,0,0}, emit={0,0,0}; float sss=0, gl=0, rough=.5f; V T={0,1,0};
  if(m==SKIN){ sss=1; alb=LOOK.skin; rough=.42f; gl=LOOK.gloss;
    float nz=noise3(hp*14)-.5f; alb=alb*(1+nz*.03f);
    bool head=hp.y>-1.15f&&hp.z>.1f;
    if(head){ Mo q=mouth(hp.x); float ax=fabsf(hp.x);
      float b=gauss(ax-.40f,.17f)*gauss(hp.y+.235f,.135f); alb=mixv(alb,LOOK.blush,.50f*LOOK.flush*b);
      alb=mixv(alb,LOOK.blush,.30f*LOOK.flush*gauss(ax,.10f)*gauss(hp.y+.27f,.09f));
      alb=mixv(alb,LOOK.blush,.12f*LOOK.flush*gauss(ax,.12f)*gauss(hp.y+.86f,.10f));
      for(int i=0;i<2;i++){ float s=i?1:-1; V qq=hp-V{EC.x*s,EC.y,EC.z}; float r=len(qq); if(r<ER+.16f&&qq.z>0){ Li l=lidc(qq,r,s); float dv=l.v-l.vU; float up=sstep(-.02f,.05f,dv)*(1-sstep(.10f,.50f,dv))*(1-sstep(.95f,1.25f,fabsf(l.tt))); { float cr=gauss(dv-.25f,.040f)*(1-sstep(.55f,1.0f,fabsf(l.tt)))*(1-sstep(ER+.06f,ER+.15f,r)); alb=mixv(alb,LOOK.crease,.42f*cr); } up*=1-sstep(ER+.05f,ER+.15f,r); alb=mixv(alb,LOOK.lid,.55f*LOOK.shadow*up);
          float lw=gauss(l.vL-l.v-.03f,.07f)*(1-sstep(.9f,1.1f,fabsf(l.tt))); alb=mixv(alb,LOOK.lowLid,.45f*lw); } }
      // freckles
      { float fx=hp.x*26, fy=hp.y*26; int cx=floorf(fx),cy=floorf(fy); float h1=hash(cx*1.3f+cy*7.1f),h2=hash(cx*5.7f+cy*2.9f),h3=hash(cx*9.1f+cy*4.3f); float dx=fx-cx-.25f-.5f*h1,dy=fy-cy-.25f-.5f*h2; float reg=gauss(hp.y+.175f-.05f*gauss(ax,.1f),.085f)*sstep(.50f,.30f,ax); if(h3>.42f) alb=mixv(alb,lin(186,104,72),.34f*LOOK.freckles*reg*(1-sstep(.10f,.24f,sqrtf(dx*dx+dy*dy)))); }
      if(FACE.beard>0){ float st=stubble(hp,q), g=noise3(V{hp.x*110,hp.y*60,hp.z*60})*.5f+noise3(hp*170)*.5f; st*=sat(.62f+.75f*g); alb=mixv(alb,LOOK.beard,.95f*st); gl=mixf(gl,.18f,st); }
      if(LOOK.spots>0){ float a=noise3(hp*V{17,17,9}+V{4,1,8}), b2=noise3(hp*V{41,41,20}); alb=mixv(alb,alb*V{.80f,.66f,.55f},LOOK.spots*(.30f*sstep(.70f,.86f,a)+.16f*sstep(.62f,.9f,b2))); alb=alb*(1+.07f*LOOK.spots*(noise3(hp*5)-.5f)); }
      // lips
      if(ax<w*1.05f){ float e=.007f; float in=sstep(-e,e,q.yUO-hp.y)*sstep(-e,e,hp.y-q.yLO)*sstep(1.02f,.94f,ax/w); alb=mixv(alb,LOOK.lip,LOOK.lipShare*in); alb=mixv(alb,LOOK.mouthLine,.75f*in*gauss(hp.y-q.mid-.5f*(up-lo),.0055f+.0f)*(up+lo<.006f)); gl=mixf(gl,LOOK.lipGloss,in); rough=mixf(rough,.30f,in);
        float inside=sstep(.0f,.012f,min(q.yUI-hp.y,hp.y-q.yLI)-.004f); float fb=facebase(hp); if(up+lo>.006f&&fb<-.02f) {alb=mixv(alb,lin(120,34,36),sstep(-.02f,-.06f,fb)); gl*=.4f;} (void)inside; }
    } }
  else if(m==HAIR){ // every lock near the surface has its share in colour and direction: no seams where locks cross
    float tone=.04f, ws=0; V Ta={0,0,0}; 
    for(size_t i=0;i<H.size();i++){ if(boxd(hp,H[i].lo,H[i].hi)>.03f) continue; float tl,bb; int si; V Th; float l=lockd(H[i],hp,tl,bb,si,&Th); if(l>.05f) continue; const Lock&k=H[i];
      float wgt=expf(-max(l,-.01f)*140.f); float st=noise3(V{bb*5,tl*1.2f,i*7.f})*.7f+noise3(V{bb*15,tl*1.5f,i*3.f})*.3f;
      tone+=wgt*(.04f+.22f*k.tone+.28f*(st-.35f)+.07f*sstep(.45f,1.f,tl)+.40f*(1-sat(bb*bb))*sstep(.0f,.25f,tl)); Ta=Ta+Th*wgt; ws+=wgt; }
    if(ws>1e-4f){ tone=(tone-.04f)/ws; T=norm(Ta); }
    alb=mixv(LOOK.hairA,LOOK.hairB,sat(tone))*(.45f+.55f*sstep(.15f,.85f,occ)); gl=0; }
  else if(m==EYE){ float s=hp.x<0?-1:1; V q=hp-V{EC.x*s,EC.y,EC.z}; float r=len(q); V e=q*(1/r); Li l=lidc(q,r,s); float ggx_=gx*.42f-s*.012f, gy_=gy*.34f;
    float iu=e.x-ggx_, iv=e.y-gy_-.02f, ir=sqrtf(iu*iu+iv*iv)/.50f; if(e.z<0||iris<.5f) ir=9; float th=atan2f(iv,iu);
    V wh=mixv(lin(246,244,244)*LOOK.white,lin(236,196,186),sstep(.60f,1.0f,fabsf(l.tt))*.5f); alb=wh;
    float stre=.5f+.5f*noise3(V{cosf(th)*9+20,sinf(th)*9+20,ir*2.2f}); 
    V ic=mixv(LOOK.irisA,LOOK.irisB,sat(stre*.75f+.55f*(-iv/.48f)+.12f)); ic=mixv(ic,LOOK.irisRim,sstep(.74f,.98f,ir)); ic=mixv(ic,LOOK.irisRing,.4f*gauss(ir-.52f,.12f));
    alb=mixv(alb,ic,1-sstep(.955f,1.03f,ir)); float pr=.52f*pupil; alb=mixv(alb,lin(16,9,8),1-sstep(pr-.04f,pr+.04f,ir));
    float lidsh=.42f+.58f*sstep(-.02f,.34f,l.vU-l.v); float lo2=.75f+.25f*sstep(0,.16f,l.v-l.vL); float cor=.72f+.28f*sstep(1.05f,.70f,fabsf(l.tt));
    if(bare<.5f){ occ*=lidsh*lo2*cor; shk=mixf(shk,1,.5f)*lidsh; }

    if(ir<1.f) emit=emit+ic*(.30f*sat(-iv*2.f+.25f)*sstep(pr-.04f,pr+.04f,ir));
    float ca=1-sstep(.112f,.132f,len({e.x+.155f-gx*.2f,(e.y-.19f-gy*.15f),0})); float cb=1-sstep(.040f,.060f,len({e.x-.17f-gx*.2f,e.y+.18f-gy*.15f,0}));
    float vis=glint; emit=emit+V{1,.99f,.97f}*(ca*.95f*vis)+V{.9f,.95f,1}*(cb*.42f*vis);
    iris_=ir; glint_=max(ca*.95f,cb*.42f);
    alb=alb*(1-ca*.9f*glint); gl=.06f; rough=.2f; n=norm(mixv(n,e,.9f)); if(yaw||pitch||roll) n=normal(p,.0016f); }
  else if(m==DARK){ alb=LOOK.lash; gl=.35f; rough=.4f; }
  else if(m==BROW){ alb=LOOK.brow*(1+.25f*(noise3(V{hp.x*60+hp.y*50,hp.y*18,0})-.5f)); gl=.15f; rough=.55f; }
  else if(m==BLAZ||m==SHIRT||m==FRAME||m==PEARL||m==BUTTON){ Cloth c=cloth(m,p); alb=c.colour; gl=c.gloss; rough=c.rough; }
  else if(m==GOLD){ alb=lin(214,160,84); gl=3.f; rough=.3f; }
  else if(m==TEETH){ float k=1-.55f*sstep(.07f,.25f,fabsf(hp.x)); alb=lin(248,242,234)*k; gl=.4f*k; rough=.3f; occ=mixf(occ,1,.55f); shk=mixf(shk,1,.35f); emit=emit+V{.06f,.055f,.05f}*k; }
  else if(m==TONGUE){ alb=lin(214,96,98); gl=.5f; rough=.35f; occ=mixf(occ,1,.45f); shk=mixf(shk,1,.25f); }
  float wrap=m==SKIN?.28f:m==HAIR?.2f:0;
  auto dif=[&](V L){ float d=dot(n,L); return max(0.f,(d+wrap)/(1+wrap)); };
  float nk=dif(KD),nf=dif(FD),nr=max(0.f,dot(n,RD)),nl=max(0.f,dot(n,LD));
  V amb=mixv({.21f,.13f,.10f},{.25f,.27f,.34f},.5f+.5f*n.y); float o2=occ; V aoc={powf(o2,.75f),o2,powf(o2,1.1f)};
  V sk={powf(shk,.80f),shk,powf(shk,1.08f)};
  V irr=amb*aoc+KC*sk*(nk*(.55f+.45f*occ))+FC*(nf*(.3f+.7f*occ))+RC*(nr*shr*(m==HAIR?.35f:1.f))+LC*(nl*shl*(m==HAIR?.55f:1.f));
  if(m==HAIR){ V Th=norm(T); auto kk=[&](V L,float sh,float ex){ V tt=norm(Th+n*sh); V h=norm(L+v); float th=dot(tt,h); return powf(sqrtf(max(0.f,1-th*th)),ex); };
    float k1=kk(KD,-.12f,40)*nk*shk, k2=kk(KD,.16f,14)*nk*shk; float r1=kk(RD,0,18)*sat(nr*1.4f+.05f)*shr, l1=kk(LD,0,18)*sat(nl*1.4f+.05f)*shl;
    float fr=powf(1-sat(dot(n,v)),3); spec=V{1.f,.74f,.46f}*(fr*.20f*occ*(T.y==1?.15f:1.f))+V{1.f,.70f,.42f}*(k1*.20f*(.4f+.6f*occ))+V{.85f,.46f,.24f}*(k2*.16f*occ)+V{.95f,.75f,.58f}*(r1*.16f)+V{1,.70f,.42f}*(l1*.22f); spec=spec*LOOK.hairShine; }
  else if(gl>0){ float f=ggx(n,v,KD,rough)*shk; spec=KC*(f*gl)+FC*(ggx(n,v,FD,rough)*gl*.8f*occ)+RC*(ggx(n,v,RD,max(rough,.35f))*gl*.5f*shr)+LC*(ggx(n,v,LD,max(rough,.35f))*gl*.5f*shl);
    float fr=powf(1-sat(dot(n,v)),4); spec=spec+V{.30f,.32f,.36f}*(fr*gl*.5f*occ); }
  spec=spec+emit;
  o[0]=irr.x;o[1]=irr.y;o[2]=irr.z;o[3]=alb.x;o[4]=alb.y;o[5]=alb.z;o[6]=spec.x;o[7]=spec.y;o[8]=spec.z;o[9]=bare>0?iris_:sss;o[10]=bare>0?glint_:t; // of a bare eye: radii from the iris' middle, share of its reflections
  o[11]=m+1; }
