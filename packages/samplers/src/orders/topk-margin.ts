import { byConfidence } from '../confidence/by-confidence.js';

/** Largest gap between the two most probable tokens first. */
export const topkMargin = byConfidence(({ margin }, row) => margin(row), { readsRows: false });
