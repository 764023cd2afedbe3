export type { Example } from './data/example.js';
export { type ReadDataOptions, readData } from './data/read-data.js';
export type { JournalLine, LineSettings, LineSteps, LineTrajectory } from './journal/journal-line.js';
export { mergeJournals } from './journal/merge-journals.js';
export { type Journal, openJournal } from './journal/open-journal.js';
export { readJournals } from './journal/read-journals.js';
export { type ChatCost, type ChatEndpointOptions, chatEndpoint } from './judges/chat-endpoint.js';
export { classifierJudge } from './judges/classifier-judge.js';
export {
  type EndpointJudge,
  type EndpointJudgeOptions,
  endpointJudge,
  type Preference,
} from './judges/endpoint-judge.js';
export type { Judge } from './judges/judge.js';
export { unitTests } from './judges/unit-tests.js';
export type { EvaluationOptions, ModelNames } from './plan/evaluation-options.js';
export { type FittingOptions, fittingExamples } from './plan/fitting-examples.js';
export { type Cell, type EvaluationPlan, type ModelPair, planEvaluation } from './plan/plan-evaluation.js';
export { type EvaluationConfig, readConfig } from './plan/read-config.js';
export { evaluateOnQueue, type QueueOptions } from './queue/evaluate-on-queue.js';
export { animatedGif } from './replay/animated-gif.js';
export { animatedSvg } from './replay/animated-svg.js';
export { readTracks } from './replay/read-tracks.js';
export { type ReplayPageOptions, replayPage } from './replay/replay-page.js';
export { still } from './replay/still.js';
export type { Track } from './replay/track.js';
export { makeReport, type Report, type ReportOptions } from './report/make-report.js';
export type { Estimate } from './report/summary/statistics.js';
export type {
  BestOfSummary,
  DifferenceSummary,
  MethodSummary,
  SetupSummary,
  Summary,
  TemperatureSummary,
} from './report/summary/summary.js';
export { type EvaluateOptions, evaluate } from './run/evaluate.js';
export type { EvaluationProgress } from './run/progress-reporter.js';
export type { ResponsePair } from './score/rated-pair.js';
export { readPairs } from './score/read-pairs.js';
export { type RatedResponse, type ScoreOptions, scoreResponses } from './score/score-responses.js';
