// Runs TypeScript sources in Node without a build: node --conditions=@entrgi/source --import <this file> src/main.ts
import { registerHooks } from './source-hooks.js';

registerHooks();
