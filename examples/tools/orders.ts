import http from 'node:http';

/** A shop that sends parcels; as much of one as two tools need. Forgets everything when it ends. */
export function createShop(token: string, log: (line: string) => void): http.Server {
  const orders: Record<string, { item: string; state: 'packed' | 'sent' | 'cancelled'; arrives?: string }> = {
    '1001': { item: 'a blue teapot', state: 'sent', arrives: 'on Thursday' },
    '1002': { item: 'two candles', state: 'packed' },
  };
  return http.createServer((request, response) => {
    const answer = (status: number, body: object) => {
      log(`${request.method} ${request.url}: ${status}`);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.headers.authorization !== `Bearer ${token}`) return answer(401, { error: 'who are you?' });
    const [, id = '', action] = /^\/orders\/([^/?]+)(?:\/(cancel))?$/.exec(request.url ?? '') ?? [];
    const order = Object.hasOwn(orders, id) ? orders[id] : undefined;
    if (order === undefined) return answer(404, { error: 'there is no such order' });
    if (request.method === 'GET' && action === undefined) return answer(200, order);
    if (request.method !== 'POST' || action !== 'cancel') return answer(405, { error: 'that cannot be done' });
    if (order.state === 'sent') return answer(200, { done: false, why: 'it has been sent already' });
    order.state = 'cancelled';
    answer(200, { done: true });
  });
}
