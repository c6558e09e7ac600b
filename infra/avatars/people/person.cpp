// One person as a signed distance field, sphere-traced on the CPU: g++ -DPERSON='"sarah.h"' person.cpp. CC0-1.0.
// x right (viewer's), y up, z towards the camera. Everything that a rig moves is a key=value on the command line.
#include "math.h"
#include "person.h"
#include "locks.h"
#include PERSON
#include "face.h"
#include "body.h"
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
