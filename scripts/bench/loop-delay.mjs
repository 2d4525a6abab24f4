// Loaded into the gitpost that is measured: tells how long its event loop was held at most, whenever it is asked.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 5;
const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
histogram.enable();

process.on('message', () => {
  process.send(Math.max(0, histogram.max / 1e6 - RESOLUTION_MS));
  histogram.reset();
});
// It must not keep the process from ending.
process.channel?.unref();
