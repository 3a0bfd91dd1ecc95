package framebuffer.trials.chaos.faults;

import framebuffer.redis.RedisAddress;

/** The Redis of a run: one server, or a cluster. For any thread. */
interface Servers extends AutoCloseable {
    /** Where it is. */
    RedisAddress address();

    /** Kills the one that has a partition. */
    void kill(int partition);

    /** Starts the one that was killed again, and waits until it has read its data. */
    void restart();

    /** Suspends the one that has a partition. */
    void suspend(int partition);

    /** Lets the one that was suspended go on. */
    void resume();

    /** Breaks all connections to the one that has a partition. */
    void cut(int partition);

    @Override
    void close();
}
