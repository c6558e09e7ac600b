import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { copyBlurFiles } from './build/blur-files.ts';
import { compressFolder } from './build/compressed.ts';

const server = `http://127.0.0.1:${process.env.PORT ?? '3000'}`;
const dist = fileURLToPath(new URL('dist', import.meta.url));

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The page stands wherever its server puts it: addresses are relative, index.html is told its base.
  base: './',
  plugins: [
    react(),
    { name: 'compressed', apply: 'build', closeBundle: () => copyBlurFiles(dist).then(() => compressFolder(dist)) },
  ],
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', modulePreload: { polyfill: false } },
  server: {
    proxy: {
      '/api': server,
      '/blur': server,
      '/docs': server,
      '/health': server,
      '/socket.io': { target: server, ws: true },
    },
  },
});
