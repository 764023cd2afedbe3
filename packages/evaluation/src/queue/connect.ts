import { NetworkError } from '@entrgi/core';
import type { Redis } from 'ioredis';

/**
 * A connection to a Redis that is there now; afterwards it is waited for whenever it is away.
 * @throws NetworkError where it cannot be reached at first
 */
export const connect = async (url: string): Promise<Redis> => {
  const ioredis = await import('ioredis');
  let isConnected = false;
  // BullMQ wants commands to wait for as long as it takes.
  const redis = new ioredis.Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    connectTimeout: 5000,
    retryStrategy: (times) => (isConnected ? Math.min(200 * times, 2000) : null),
  });
  let cause: unknown;
  redis.on('error', (error) => {
    cause = error;
  });
  try {
    await redis.connect();
    isConnected = true;
    return redis;
  } catch (error) {
    redis.disconnect();
    const { message } = (cause ?? error) as Error;
    throw new NetworkError(`${withoutPassword(url)} cannot be reached (${message}).`, {
      value: withoutPassword(url),
      argument: 'queue',
      hint: 'Check the address, and that Redis is running there.',
      cause: cause ?? error,
    });
  }
};

const withoutPassword = (url: string): string => url.replace(/\/\/[^@/]*@/, '//');
