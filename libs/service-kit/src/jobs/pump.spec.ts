import { until } from '@musicgen/testing';
import { Pump } from './pump';

const never = 1_000_000;

describe('Pump', () => {
  it('goes on at once while there is more to do, and rests then', async () => {
    let left = 3;
    const pump = new Pump(async () => --left > 0, never);
    pump.start();
    await until(() => left === 0);
    await pump.stop();
    expect(left).toBe(0);
  });

  it('never works twice at the same time, and works once more when woken meanwhile', async () => {
    let inHand = 0;
    let most = 0;
    let rounds = 0;
    const pump = new Pump(async () => {
      most = Math.max(most, ++inHand);
      await new Promise(setImmediate);
      inHand--;
      rounds++;
      return false;
    }, never);
    pump.start();
    pump.wake();
    pump.wake();
    await until(() => rounds === 2);
    await pump.stop();
    expect({ most, rounds }).toEqual({ most: 1, rounds: 2 });
  });

  it('looks again by itself after the interval', async () => {
    let rounds = 0;
    const pump = new Pump(async () => (rounds++, false), 5);
    pump.start();
    await until(() => rounds >= 3);
    await pump.stop();
  });

  it('waits for the work in hand when stopped, and does no more', async () => {
    let finish = () => {};
    let rounds = 0;
    const pump = new Pump(() => new Promise((resolve) => (rounds++, (finish = () => resolve(true)))), never);
    pump.start();
    await until(() => rounds === 1);
    let isStopped = false;
    const stopped = pump.stop().then(() => (isStopped = true));
    await new Promise(setImmediate);
    expect(isStopped).toBe(false);
    finish();
    await stopped;
    pump.wake();
    expect(rounds).toBe(1);
  });

  it('tells why work failed, and does it again', async () => {
    const failures: unknown[] = [];
    let rounds = 0;
    const work = async () => {
      if (rounds++ === 0) throw new Error('away');
    };
    const pump = new Pump(work, 5, (error) => failures.push(error));
    pump.start();
    await until(() => rounds >= 2);
    await pump.stop();
    expect(failures).toEqual([new Error('away')]);
  });

  it('starts nothing when it was stopped before', async () => {
    let rounds = 0;
    const pump = new Pump(async () => void rounds++, never);
    await pump.stop();
    pump.start();
    pump.wake();
    expect(rounds).toBe(0);
  });
});
