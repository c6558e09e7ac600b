/**
 * A form as bytes. `fetch` itself would send it piece by piece, and where that is called off, a piece that is still being
 * made fails with nobody to hear it (undici, Node 24).
 */
export async function formBytes(form: FormData): Promise<{ bytes: Uint8Array<ArrayBuffer>; contentType: string }> {
  const whole = new Response(form);
  return { bytes: new Uint8Array(await whole.arrayBuffer()), contentType: whole.headers.get('content-type') ?? '' };
}
