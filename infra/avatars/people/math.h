// Vectors, smooth joins, simple bodies and noise. CC0-1.0.
#pragma once
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
// sRGB, 0..255, to light
static V lin(float r, float g, float b){ auto f=[](float c){c/=255;return c<=.04045f?c/12.92f:powf((c+.055f)/1.055f,2.4f);}; return {f(r),f(g),f(b)}; }
