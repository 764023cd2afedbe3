import { byConfidence } from '../confidence/by-confidence.js';

/** Any, whatever their tokens, as many as are scheduled (LLaDA's). */
export const random = byConfidence((request) => request.random.uniform(), { readsRows: false });
