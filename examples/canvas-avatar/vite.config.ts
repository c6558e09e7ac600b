import { defineConfig } from 'vite';

const server = process.env.VISAVIS_SERVER ?? 'http://127.0.0.1:3000';

export default defineConfig({
  root: import.meta.dirname,
  server: { proxy: { '/api': server, '/socket.io': { target: server, ws: true } } },
});
